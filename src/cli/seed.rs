//! `rapport seed`: onboards the bundled sample companies with a regular job.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use super::{print::print, serve::prepare};
use crate::{
    clients::research::sample::{SampleConfig, SampleResearch},
    config::Config,
    db::Id,
    domains::{
        identity::{FirstAdmin, UserColumn, UserEntity, ensure_admin},
        intelligence::{OnboardCompany, OnboardInput},
    },
    jobs::{self, JobEntity, JobRow, JobStatus, NewJob},
    server::{Role, Server},
};

pub(super) async fn seed(config: Config) -> anyhow::Result<()> {
    let server = prepare(Config { sample_delay: Duration::ZERO, ..config }).await?;
    let admin = ensure_admin(&server.app.db, &server.app.ambient, &server.app.config.auth).await?;
    if let FirstAdmin::MadeWith(password) = admin {
        let email = &server.app.config.auth.admin_email;
        print(&format!("The first administrator is {email}, with the password {}", password.expose_secret()));
    }
    let jobs = enqueue(&server).await?;
    let stop = CancellationToken::new();
    let running = tokio::spawn(server.clone().run(None, Role::Work, stop.clone()));
    for id in jobs {
        let job = finished(&server, id).await?;
        print(&format!("{} {}", job.id, summary(&job)));
    }
    stop.cancel();
    running.await?
}

async fn enqueue(server: &Server) -> anyhow::Result<Vec<Id<JobRow>>> {
    let app = &server.app;
    let admin =
        UserEntity::find().filter(UserColumn::Email.eq(&app.config.auth.admin_email)).one(app.db.reader()).await?;
    let owner = admin.map(|admin| admin.id.uuid());
    let sample = SampleResearch::new(SampleConfig { delay: Duration::ZERO }, app.ambient.clone())?;
    let mut ids = Vec::new();
    let mut tx = app.db.begin().await?;
    for company in sample.companies() {
        let input = OnboardInput { company, deep_research: true };
        ids.push(jobs::enqueue::<OnboardCompany>(&mut tx, &app.ambient, NewJob::new(input, owner)).await?.job.id);
    }
    tx.commit().await?;
    Ok(ids)
}

async fn finished(server: &Server, id: Id<JobRow>) -> anyhow::Result<JobRow> {
    loop {
        let job = JobEntity::find_by_id(id).one(server.app.db.reader()).await?;
        match job {
            Some(job) if job.status.is_final() => return Ok(job),
            Some(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            None => anyhow::bail!("The job {id} has gone."),
        }
    }
}

fn summary(job: &JobRow) -> String {
    match (job.status, job.failure()) {
        (JobStatus::Completed, _) => format!("{}: done", job.kind),
        (_, Some(failure)) => format!("{}: failed: {}", job.kind, failure.message),
        (_, None) => format!("{}: did not finish", job.kind),
    }
}
