//! Progress of a job: counts per stage, and a number that never decreases.

use serde::{Deserialize, Serialize};

/// A stage of a job with its weight.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// Its name, such as `research`.
    pub name: &'static str,
    /// Weight relative to the other stages.
    pub weight: f64,
}

/// The task counts of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StageCounts {
    /// Number of successful tasks.
    pub completed: i32,
    /// Number of failed tasks.
    pub failed: i32,
    /// Total number of tasks.
    pub total: i32,
}

/// The stored state of a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StageState {
    pub(super) name: String,
    pub(super) weight: f64,
    #[serde(flatten)]
    pub(super) counts: StageCounts,
    pub(super) is_started: bool,
    pub(super) is_complete: bool,
}

/// All stages of a job, as stored in its row.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Stages(Vec<StageState>);

impl Stages {
    /// Declares the stages of a job and keeps the state from an earlier attempt.
    pub(super) fn plan(&mut self, stages: &[Stage]) {
        for stage in stages {
            if self.get(stage.name).is_none() {
                self.0.push(StageState {
                    name: stage.name.to_owned(),
                    weight: stage.weight,
                    counts: StageCounts::default(),
                    is_started: false,
                    is_complete: false,
                });
            }
        }
    }

    /// Returns the stage of this name, created with weight 0 if undeclared.
    pub(super) fn stage(&mut self, name: &str) -> &mut StageState {
        let index = self.0.iter().position(|stage| stage.name == name).unwrap_or_else(|| {
            self.0.push(StageState {
                name: name.to_owned(),
                weight: 0.0,
                counts: StageCounts::default(),
                is_started: false,
                is_complete: false,
            });
            self.0.len() - 1
        });
        &mut self.0[index]
    }

    /// Returns true if no stage was declared or begun.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, name: &str) -> Option<&StageState> {
        self.0.iter().find(|stage| stage.name == name)
    }

    /// Returns name, counts and completeness of each stage.
    pub(super) fn counts(&self) -> Vec<(String, StageCounts, bool)> {
        self.0.iter().map(|stage| (stage.name.clone(), stage.counts, stage.is_complete)).collect()
    }

    /// Removes the failed tasks, which the next attempt retries, and reopens their stages.
    pub(super) fn forget_failures(&mut self) {
        for stage in &mut self.0 {
            if stage.counts.failed > 0 {
                stage.counts.failed = 0;
                stage.is_complete = false;
            }
        }
    }

    /// Returns the completed fraction, 0–1.
    pub(super) fn fraction(&self) -> f64 {
        let whole: f64 = self.0.iter().map(|stage| stage.weight).sum();
        if whole <= 0.0 {
            return 0.0;
        }
        let done: f64 = self.0.iter().map(|stage| stage.weight * stage.fraction()).sum();
        (done / whole).clamp(0.0, 1.0)
    }
}

impl StageState {
    fn fraction(&self) -> f64 {
        if self.is_complete {
            return 1.0;
        }
        if self.counts.total == 0 {
            return 0.0;
        }
        (f64::from(self.counts.completed + self.counts.failed) / f64::from(self.counts.total)).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGES: [Stage; 2] = [Stage { name: "research", weight: 3.0 }, Stage { name: "saving", weight: 1.0 }];

    #[test]
    fn a_failed_task_counts_as_dealt_with() {
        let mut stages = Stages::default();
        stages.plan(&STAGES);
        stages.stage("research").counts = StageCounts { completed: 1, failed: 1, total: 4 };
        assert!((stages.fraction() - 0.375).abs() < 1e-9);
    }

    #[test]
    fn planning_again_keeps_what_is_known() {
        let mut stages = Stages::default();
        stages.plan(&STAGES);
        stages.stage("research").is_complete = true;
        stages.plan(&STAGES);
        assert!((stages.fraction() - 0.75).abs() < 1e-9);
    }

    #[test]
    fn forgetting_failures_reopens_their_stage_only() {
        let mut stages = Stages::default();
        stages.plan(&STAGES);
        stages.stage("research").counts = StageCounts { completed: 3, failed: 1, total: 4 };
        stages.stage("research").is_complete = true;
        stages.stage("saving").is_complete = true;
        stages.forget_failures();
        assert_eq!(stages.get("research").map(|stage| (stage.is_complete, stage.counts.failed)), Some((false, 0)));
        assert_eq!(stages.get("saving").map(|stage| stage.is_complete), Some(true));
    }
}
