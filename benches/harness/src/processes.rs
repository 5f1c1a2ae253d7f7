//! What the system tells of processes (`/proc`, so Linux alone).

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result};
use clap::Args;

/// Ticks a second in `/proc`; on Linux it is 100 whatever the kernel's own clock does.
const TICKS: u64 = 100;

/// Whose time.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The process; those below it count too.
    #[arg(long)]
    pid: u32,
}

/// Prints the CPU seconds that the processes have used.
///
/// # Errors
/// When there is no such process.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let ticks = cpu_ticks(arguments.pid)?;
    println!("{}.{:02}", ticks / TICKS, ticks % TICKS);
    Ok(())
}

/// The ticks of CPU that a process and all below it have used, children that have ended included.
///
/// # Errors
/// When there is no such process.
fn cpu_ticks(root: u32) -> Result<u64> {
    let all = processes()?;
    Ok(below(&all, root)?.iter().filter_map(|pid| all.get(pid)).map(|process| process.ticks).sum())
}

/// The resident memory of a process and all below it, in bytes. Pages that several share count for each.
///
/// # Errors
/// When there is no such process.
pub(crate) fn resident_bytes(root: u32) -> Result<u64> {
    let all = processes()?;
    Ok(below(&all, root)?.into_iter().map(|pid| resident(pid).unwrap_or(0)).sum())
}

/// A process as `/proc/<pid>/stat` tells it.
#[derive(Debug, PartialEq, Eq)]
struct Process {
    parent: u32,
    ticks: u64,
}

fn processes() -> Result<BTreeMap<u32, Process>> {
    let folders = fs::read_dir("/proc").context("reading /proc")?;
    let pids = folders.filter_map(|folder| folder.ok()?.file_name().to_str()?.parse::<u32>().ok());
    // One that ended in between is left out.
    Ok(pids.filter_map(|pid| Some((pid, parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?))).collect())
}

/// Reads a line of `stat`. The program's name, in brackets, may itself hold brackets and blanks.
fn parse(stat: &str) -> Option<Process> {
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    // utime, stime, cutime and cstime: fields 14 to 17 of the whole line, of which two stand before the bracket.
    let ticks = (11..15).map(number).sum::<Option<u64>>()?;
    Some(Process { parent: fields.get(1)?.parse().ok()?, ticks })
}

fn below(all: &BTreeMap<u32, Process>, root: u32) -> Result<Vec<u32>> {
    all.get(&root).with_context(|| format!("there is no process {root}"))?;
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&pid) = found.get(next) {
        found.extend(all.iter().filter(|(_, process)| process.parent == pid).map(|(child, _)| *child));
        next += 1;
    }
    Ok(found)
}

fn resident(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_move_the_fields() {
        let stat = "42 (a) (b) S 7 42 42 0 -1 4194560 1 0 0 0 10 20 3 4 20 0 1 0 5 6 7";
        assert_eq!(parse(stat), Some(Process { parent: 7, ticks: 37 }));
    }

    #[test]
    fn children_of_children_are_below() {
        let process = |parent| Process { parent, ticks: 1 };
        let all = BTreeMap::from([(1, process(0)), (2, process(1)), (3, process(2)), (4, process(0))]);
        assert_eq!(below(&all, 1).unwrap(), [1, 2, 3]);
        assert!(below(&all, 9).is_err());
    }
}
