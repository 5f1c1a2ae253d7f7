//! The `node` and `nodes` queries.

use std::borrow::Cow;

use async_graphql::{
    Context, ContextSelectionSet, ID, Interface, Object, OutputType, Positioned, Result, ServerResult, Value,
    parser::types::Field, registry::Registry,
};
use futures_util::future::BoxFuture;

use super::{
    ContextExt,
    activity::{self, Interaction, Note, Task, TimelineEntry},
    audit::{self, AuditEntry},
    chat::{self, ChatMessage, ChatMessageRow, ChatSession, ChatSessionRow},
    customers::{self, Contract, Customer, CustomerContact},
    files::{self, DownloadLink, File},
    identity::{self, ApiKey, Role, User},
    intelligence::{
        self, BuyerPersona, Company, Executive, Fact, FactRow, GeneralFact, IdealCustomerProfile, PricingTier, Product,
    },
    knowledge::{self, Document, Passage},
    leads::{self, Lead},
    notifications::{self, Notification},
    outbox::{self, OutboxMail},
    reasons::{self, Reason},
    schedules::{self, ScheduledTaskView},
    settings::{self, Settings},
    shared::one,
    signals::{self, ExtractionDisagreement, Signal, SignalReport},
    system::Job,
};
use crate::{
    auth::Viewer,
    db::{Id, Identified},
    error::Error,
    graphql::{AsMany, nullable},
    jobs::{JobEntity, JobRow},
};

/// Object with a globally unique id, by which `node` finds it.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque id with a prefix for the type."))]
pub enum Node {
    /// A user account.
    User(User),
    /// A role.
    Role(Role),
    /// An API key.
    ApiKey(ApiKey),
    /// An audit log entry.
    AuditEntry(AuditEntry),
    /// A company.
    Company(Company),
    /// A product of a company.
    Product(Product),
    /// A tier of a price list.
    PricingTier(PricingTier),
    /// A kind of company that a company sells to.
    IdealCustomerProfile(IdealCustomerProfile),
    /// A kind of person who buys or uses a company's products.
    BuyerPersona(BuyerPersona),
    /// A person who leads a company.
    Executive(Executive),
    /// A fact about a company on another topic.
    GeneralFact(GeneralFact),
    /// A customer.
    Customer(Customer),
    /// A contact of a customer.
    CustomerContact(CustomerContact),
    /// A contract term.
    Contract(Contract),
    /// A reason for which customers leave or leads are lost.
    Reason(Reason),
    /// An interaction.
    Interaction(Interaction),
    /// A task.
    Task(Task),
    /// A note.
    Note(Note),
    /// An entry of a timeline.
    TimelineEntry(TimelineEntry),
    /// A knowledge document.
    KnowledgeDocument(Document),
    /// A passage of a document.
    KnowledgePassage(Passage),
    /// A lead.
    Lead(Lead),
    /// A notification.
    Notification(Notification),
    /// A file.
    File(File),
    /// A download link.
    DownloadLink(DownloadLink),
    /// A mail.
    OutboxMail(OutboxMail),
    /// A chat session.
    ChatSession(ChatSession),
    /// A chat message.
    ChatMessage(ChatMessage),
    /// A signal.
    Signal(Signal),
    /// A report on a signal.
    SignalReport(SignalReport),
    /// A disagreement between rules and language model.
    ExtractionDisagreement(ExtractionDisagreement),
    /// A background job.
    Job(Job),
    /// A scheduled task.
    ScheduledTask(ScheduledTaskView),
    /// The settings of the business.
    Settings(Settings),
}

impl From<Fact> for Node {
    fn from(fact: Fact) -> Self {
        match fact {
            Fact::Product(fact) => Self::Product(fact),
            Fact::PricingTier(fact) => Self::PricingTier(fact),
            Fact::IdealCustomerProfile(fact) => Self::IdealCustomerProfile(fact),
            Fact::BuyerPersona(fact) => Self::BuyerPersona(fact),
            Fact::Executive(fact) => Self::Executive(fact),
            Fact::GeneralFact(fact) => Self::GeneralFact(fact),
        }
    }
}

/// Registers [`Node`], and that the interface [`Fact`] implements it, which no attribute can say.
#[derive(Debug)]
pub struct Nodes;

impl OutputType for Nodes {
    fn type_name() -> Cow<'static, str> {
        <Node as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.add_implements(&Fact::type_name(), &Node::type_name());
        Node::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::Null)
    }
}

/// Prefixes of ids that the API shows of objects that are no nodes: sign-in sessions, invitations and identities of other issuers.
const NOT_NODES: [&str; 3] = ["ses", "inv", "ext"];

/// Maximum number of ids of a `nodes` query.
const MAX_IDS: usize = 100;

/// Queries for objects of any type.
#[derive(Default, Debug)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this id; null if it does not exist or you may not see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of an object of any type.")] id: ID,
    ) -> Option<Result<Node>> {
        nullable(async { find(ctx, ctx.viewer()?, ("id", &id)).await }).await
    }

    /// The objects with these ids, in the same order; null for each that does not exist or that you may not see.
    #[graphql(directive = AsMany::apply("ids", None))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of objects of any types; at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        if ids.len() > MAX_IDS {
            return Err(Error::bad_input("ids", format!("Give at most {MAX_IDS} ids.")).into());
        }
        let viewer = ctx.viewer()?;
        let paths: Vec<_> = (0..ids.len()).map(|index| format!("ids[{index}]")).collect();
        let found = paths.iter().zip(&ids).map(|(path, id)| nullable(find(ctx, viewer, (path.as_str(), id.as_str()))));
        Ok(futures_util::future::join_all(found).await)
    }
}

/// Returns the object with this id, or `None` if it does not exist or the viewer lacks a permission for its type.
async fn find(
    ctx: &(impl ContextExt<'_> + Sync),
    viewer: &Viewer,
    (path, id): (&str, &str),
) -> crate::error::Result<Option<Node>> {
    viewer.session()?;
    match load(ctx, path, id).await {
        Err(error) if error.is_refusal() => Ok(None),
        found => found,
    }
}

/// Resolves a link to the object with this id, for [`ResolveNode`](super::ResolveNode); null as for `node`, and if the
/// type of the id is no `Node`.
pub fn resolve_node<'a>(
    ctx: &'a ContextSelectionSet<'a>,
    field: &'a Positioned<Field>,
    id: &'a str,
) -> BoxFuture<'a, ServerResult<Value>> {
    Box::pin(async move {
        let found = nullable(async {
            match find(ctx, ctx.viewer()?, ("id", id)).await {
                Err(Error::BadInput(_)) => Ok(None),
                found => found,
            }
        });
        found.await.resolve(ctx, field).await
    })
}

async fn load(ctx: &(impl ContextExt<'_> + Sync), path: &str, id: &str) -> crate::error::Result<Option<Node>> {
    let prefix = id.split('_').next().unwrap_or_default();
    Ok(match prefix {
        User::PREFIX => one::<identity::UserEntity>(ctx, parse(path, id)?).await?.map(Node::User),
        Company::PREFIX => one::<intelligence::CompanyEntity>(ctx, parse(path, id)?).await?.map(Node::Company),
        Customer::PREFIX => one::<customers::CustomerEntity>(ctx, parse(path, id)?).await?.map(Node::Customer),
        CustomerContact::PREFIX => {
            one::<customers::CustomerContactEntity>(ctx, parse(path, id)?).await?.map(Node::CustomerContact)
        }
        Contract::PREFIX => one::<customers::ContractEntity>(ctx, parse(path, id)?).await?.map(Node::Contract),
        Reason::PREFIX => reasons::reason_of(ctx, parse(path, id)?).await?.map(Node::Reason),
        Interaction::PREFIX => one::<activity::InteractionEntity>(ctx, parse(path, id)?).await?.map(Node::Interaction),
        Task::PREFIX => one::<activity::TaskEntity>(ctx, parse(path, id)?).await?.map(Node::Task),
        Note::PREFIX => one::<activity::NoteEntity>(ctx, parse(path, id)?).await?.map(Node::Note),
        TimelineEntry::PREFIX => {
            one::<activity::TimelineEntryEntity>(ctx, parse(path, id)?).await?.map(Node::TimelineEntry)
        }
        Lead::PREFIX => one::<leads::LeadEntity>(ctx, parse(path, id)?).await?.map(Node::Lead),
        Notification::PREFIX => {
            one::<notifications::NotificationEntity>(ctx, parse(path, id)?).await?.map(Node::Notification)
        }
        File::PREFIX => one::<files::FileEntity>(ctx, parse(path, id)?).await?.map(Node::File),
        DownloadLink::PREFIX => one::<files::DownloadLinkEntity>(ctx, parse(path, id)?).await?.map(Node::DownloadLink),
        OutboxMail::PREFIX => one::<outbox::OutboxMailEntity>(ctx, parse(path, id)?).await?.map(Node::OutboxMail),
        Role::PREFIX => identity::role_of(ctx, parse(path, id)?).await?.map(Node::Role),
        ApiKey::PREFIX => one::<identity::ApiKeyEntity>(ctx, parse(path, id)?).await?.map(Node::ApiKey),
        AuditEntry::PREFIX => one::<audit::AuditEntity>(ctx, parse(path, id)?).await?.map(Node::AuditEntry),
        Document::PREFIX => one::<knowledge::DocumentEntity>(ctx, parse(path, id)?).await?.map(Node::KnowledgeDocument),
        Passage::PREFIX => one::<knowledge::PassageEntity>(ctx, parse(path, id)?).await?.map(Node::KnowledgePassage),
        ChatSessionRow::PREFIX => one::<chat::ChatSessionEntity>(ctx, parse(path, id)?).await?.map(Node::ChatSession),
        ChatMessageRow::PREFIX => one::<chat::ChatMessageEntity>(ctx, parse(path, id)?).await?.map(Node::ChatMessage),
        FactRow::PREFIX => one::<intelligence::FactEntity>(ctx, parse(path, id)?).await?.map(Node::from),
        Signal::PREFIX => one::<signals::SignalEntity>(ctx, parse(path, id)?).await?.map(Node::Signal),
        SignalReport::PREFIX => signals::report_of(ctx, parse(path, id)?).await?.map(Node::SignalReport),
        ExtractionDisagreement::PREFIX => {
            let found = one::<signals::DisagreementEntity>(ctx, parse(path, id)?).await?;
            found.map(Node::ExtractionDisagreement)
        }
        JobRow::PREFIX => one::<JobEntity>(ctx, parse(path, id)?).await?.map(Node::Job),
        ScheduledTaskView::PREFIX => schedules::task_of(ctx, parse(path, id)?).await?.map(Node::ScheduledTask),
        Settings::PREFIX => settings::settings_of(ctx, parse(path, id)?).await?.map(Node::Settings),
        prefix if NOT_NODES.contains(&prefix) => {
            return Err(Error::bad_input(path, "Objects of this type are no nodes, and cannot be had by their ids."));
        }
        _ => return Err(Error::bad_input(path, "This is not an id of this server.")),
    })
}

fn parse<T: Identified>(path: &str, id: &str) -> crate::error::Result<Id<T>> {
    id.parse().map_err(|error: crate::db::ParseIdError| Error::bad_input(path, error.to_string()))
}
