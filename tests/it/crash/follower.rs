//! A subscriber that comes back after each cut with the cursor of the last event it saw.

use serde_json::{Value, json};

use crate::support::{Client, Process, WsClient, patience};

const PROGRESS: &str = "subscription($id: ID!, $after: EventCursor) {
    jobProgress(jobId: $id, after: $after) {
        __typename cursor progress
        ... on JobStarted { attempt }
        ... on JobStageStarted { stage }
        ... on JobTaskCompleted { stage task }
    }
}";

/// Somebody who follows a job over all restarts.
pub struct Follower {
    job: String,
    token: String,
    cursor: String,
    /// `None` before it has come, and when the stream is complete.
    socket: Option<WsClient>,
    /// The events, in the order in which they came.
    pub seen: Vec<Value>,
}

impl Follower {
    pub fn new(client: &Client, (job, cursor): &(String, String)) -> Self {
        let token = client.token().unwrap().to_owned();
        Self { job: job.clone(), token, cursor: cursor.clone(), socket: None, seen: Vec::new() }
    }

    /// Connects to a process and goes on behind the last event seen.
    pub async fn come_back(&mut self, process: &Process) {
        let mut socket = WsClient::connect(process.address, Some(&self.token)).await;
        socket.subscribe(PROGRESS, json!({"id": self.job, "after": self.cursor})).await;
        self.socket = Some(socket);
    }

    /// The next event; `Err` with the close code when the connection is cut, 1000 when the stream is complete.
    pub async fn next(&mut self) -> Result<&Value, u16> {
        let Some(socket) = &mut self.socket else { return Err(1000) };
        let mut message = patience(socket.receive()).await?;
        match message["type"].as_str() {
            Some("next") => {
                let event = message["payload"]["data"]["jobProgress"].take();
                self.cursor = event["cursor"].as_str().unwrap_or_else(|| panic!("{message}")).to_owned();
                self.seen.push(event);
                Ok(self.seen.last().unwrap())
            }
            Some("complete") => {
                self.socket = None;
                Err(1000)
            }
            _ => panic!("unexpected message: {message}"),
        }
    }

    /// Reads until an event is as wanted; `Err` as [`Follower::next`] has it.
    pub async fn until(&mut self, mut is_so: impl FnMut(&Value) -> bool) -> Result<(), u16> {
        while !is_so(self.next().await?) {}
        Ok(())
    }

    /// Reads to the end of the connection or the stream, and returns the close code.
    pub async fn until_the_end(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// The tasks whose completion was told, as they were told.
    pub fn completed_tasks(&self) -> Vec<String> {
        let completed = self.seen.iter().filter(|event| event["__typename"] == "JobTaskCompleted");
        completed.map(|event| format!("{}: {}", event["stage"], event["task"]).replace('"', "")).collect()
    }
}
