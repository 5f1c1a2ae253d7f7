//! What the routes share.

use std::sync::Arc;

use crate::{
    app::App,
    http::{service::RapportGateway, transport::TransportConfig},
};

/// The state of the routes.
#[derive(Clone)]
pub(super) struct Door {
    pub app: App,
    pub gateway: RapportGateway,
    pub config: Arc<TransportConfig>,
}
