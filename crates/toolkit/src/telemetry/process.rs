//! Resource usage of this process, as reported by the operating system; only on Linux.

/// The resource usage of the process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// Resident memory, in bytes.
    pub resident_bytes: u64,
    /// CPU time, in seconds.
    pub cpu_seconds: f64,
    /// Number of open files and connections.
    pub open_files: u64,
    /// Number of threads.
    pub threads: u64,
}

/// Clock ticks per second in `/proc`, constant for programs, whatever the kernel's own clock is (proc_pid_stat(5),
/// sysconf(3)).
const TICKS: f64 = 100.0;

/// Returns the present usage of this process; `None` if the system does not report it.
pub fn usage() -> Option<Usage> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let open_files = std::fs::read_dir("/proc/self/fd").ok()?.count() as u64;
    read(&stat, &status, open_files)
}

fn read(stat: &str, status: &str, open_files: u64) -> Option<Usage> {
    // The name in parentheses may hold anything, spaces and parentheses too.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    let number = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').split_whitespace().next()?.parse::<u64>().ok()
    };
    Some(Usage {
        resident_bytes: number("VmRSS")? * 1024,
        cpu_seconds: ticks / TICKS,
        open_files,
        threads: number("Threads")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_process_does_not_shift_its_numbers() {
        let stat = "1 (a) b) c) S 0 1 1 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 100";
        let status = "Name:\ta) b) c\nVmRSS:\t    2048 kB\nThreads:\t9\n";
        let usage = read(stat, status, 7).unwrap();
        assert_eq!(usage, Usage { resident_bytes: 2_097_152, cpu_seconds: 3.0, open_files: 7, threads: 9 });
    }
}
