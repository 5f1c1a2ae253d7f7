//! The program as processes: killed, put to sleep, terminated and started together, while jobs run.

mod follower;
mod killing;
mod sleeping;
mod starting;
mod takeover;
mod terminating;
mod world;
