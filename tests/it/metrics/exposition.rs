//! A strict reader of Prometheus's text format, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).

use std::collections::{BTreeMap, BTreeSet};

/// One value with its labels.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The metric, or a part of a histogram.
    pub name: String,
    /// The labels in order of their names.
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

/// Metrics as they were read.
#[derive(Debug)]
pub struct Exposition {
    /// Each metric and its type.
    pub types: BTreeMap<String, String>,
    pub samples: Vec<Sample>,
}

impl Exposition {
    /// Reads `text`.
    ///
    /// # Panics
    /// When anything in it is not as the format demands: each metric described once, by HELP and TYPE in this order, before its
    /// samples, all of which stand together; names, escapes and numbers; no series twice; whole histograms.
    pub fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line ends");
        let mut this = Self { types: BTreeMap::new(), samples: Vec::new() };
        let (mut helped, mut current) = (String::new(), String::new());
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, words) = help.split_once(' ').expect("a help has words");
                assert!(words.ends_with('.') && words.len() > 10, "{line}");
                helped = name.to_owned();
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert_eq!(name, helped, "TYPE follows HELP");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
                let before = this.types.insert(name.to_owned(), kind.to_owned());
                assert!(before.is_none(), "{name} is described twice");
                current = name.to_owned();
            } else {
                let sample = read_sample(line);
                assert_eq!(this.metric_of(&sample.name), current, "{line}");
                this.samples.push(sample);
            }
        }
        this.check_series();
        this.check_histograms();
        this
    }

    /// The metric that a sample belongs to.
    fn metric_of(&self, name: &str) -> String {
        let parts = ["_bucket", "_sum", "_count"];
        let whole = parts.iter().find_map(|part| name.strip_suffix(part));
        let histogram = whole.filter(|name| self.types.get(*name).is_some_and(|kind| kind == "histogram"));
        histogram.unwrap_or(name).to_owned()
    }

    fn check_series(&self) {
        let mut seen = BTreeSet::new();
        for sample in &self.samples {
            assert!(seen.insert((&sample.name, &sample.labels)), "twice: {sample:?}");
        }
    }

    /// Buckets grow, and the last has all.
    fn check_histograms(&self) {
        for (name, _) in self.types.iter().filter(|(_, kind)| *kind == "histogram") {
            let mut series: BTreeMap<_, Vec<(f64, f64)>> = BTreeMap::new();
            for sample in self.samples.iter().filter(|sample| sample.name == format!("{name}_bucket")) {
                let mut labels = sample.labels.clone();
                let bound = labels.remove("le").expect("a bucket has a bound");
                let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().unwrap() };
                series.entry(labels).or_default().push((bound, sample.value));
            }
            for (labels, buckets) in series {
                assert!(buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "{name} {labels:?} {buckets:?}");
                let labels: Vec<_> = labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
                let count = self.get(&format!("{name}_count"), &labels);
                assert_eq!(buckets.last().copied(), Some((f64::INFINITY, count)), "{name} {labels:?}");
                assert!(self.get(&format!("{name}_sum"), &labels) >= 0.0);
            }
        }
    }

    /// The sum of the samples of this name that have these labels, and may have others.
    pub fn get(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |sample: &&Sample| {
            sample.name == name && labels.iter().all(|(key, value)| sample.labels.get(*key).is_some_and(|v| v == value))
        };
        self.samples.iter().filter(has).map(|sample| sample.value).sum()
    }

    /// The values that a label of a metric has.
    pub fn values(&self, name: &str, label: &str) -> BTreeSet<String> {
        let of_name = self.samples.iter().filter(|sample| sample.name == name);
        of_name.filter_map(|sample| sample.labels.get(label).cloned()).collect()
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
}

fn read_sample(line: &str) -> Sample {
    let end = line.find(['{', ' ']).expect("a sample has a value");
    let (name, mut rest) = line.split_at(end);
    assert!(is_name(name), "{line}");
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while !rest.starts_with('}') {
            let (key, after) = rest.split_once("=\"").expect(line);
            assert!(is_name(key), "{line}");
            let (value, after) = read_value(after);
            assert!(labels.insert(key.to_owned(), value).is_none(), "{line}");
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ').expect(line);
    Sample { name: name.to_owned(), labels, value: value.parse().expect(line) }
}

/// A label's value to its closing quotation mark, and what follows.
fn read_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (value, &text[at + 1..]),
            '\\' => match chars.next().expect("something is escaped").1 {
                'n' => value.push('\n'),
                escaped @ ('"' | '\\') => value.push(escaped),
                other => panic!("\\{other} is no escape"),
            },
            char => value.push(char),
        }
    }
    panic!("a label's value has no end: {text}")
}

#[test]
fn the_reader_knows_escapes() {
    let sample = read_sample(r#"a_b{c="x\\\"\n,} ",d=""} 1.5"#);
    assert_eq!(sample.labels["c"], "x\\\"\n,} ");
    assert_eq!((sample.labels["d"].as_str(), sample.value), ("", 1.5));
}

#[test]
#[should_panic(expected = "twice")]
fn the_reader_refuses_a_series_that_stands_twice() {
    Exposition::read("# HELP a What it is.\n# TYPE a gauge\na 1\na 2\n");
}
