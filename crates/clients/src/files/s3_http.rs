//! The HTTP client of the S3 store: that of all outgoing calls, counted and traced as they are.

use async_trait::async_trait;
use http_body_util::BodyExt;
use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
    },
};
use rapport_toolkit::ambient::Ambient;
use tracing::Instrument;

use crate::http::{Call, ClientError};

/// Connects the store to our client.
#[derive(Debug, Clone)]
pub(super) struct Connector(Service);

impl Connector {
    pub(super) fn new(client: reqwest::Client, ambient: Ambient) -> Self {
        Self(Service { client, ambient })
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

#[derive(Debug, Clone)]
struct Service {
    client: reqwest::Client,
    ambient: Ambient,
}

#[async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let call = Call::begin(&self.ambient, parts.method.as_str(), parts.uri.host().unwrap_or("unknown"));
        let exchange = async {
            let url =
                parts.uri.to_string().parse().map_err(|_| ClientError::Request { reason: "a bad address".into() })?;
            let mut request = reqwest::Request::new(parts.method, url);
            *request.headers_mut() = parts.headers;
            *request.body_mut() = Some(match body.as_bytes() {
                Some(bytes) => bytes.clone().into(),
                None => reqwest::Body::wrap(body),
            });
            self.client.execute(request).await.map_err(|error| ClientError::from_reqwest(&error))
        };
        let result = exchange.instrument(call.span()).await;
        call.end(match &result {
            Ok(response) if response.status().is_server_error() => Some(("server_error", true)),
            Ok(_) => None,
            Err(error) => Some((error.kind(), error.is_transient())),
        });
        let response: http::Response<reqwest::Body> = result.map_err(failed)?.into();
        Ok(response.map(|body| HttpResponseBody::new(body.map_err(|error| failed(cut(&error))))))
    }
}

fn cut(error: &reqwest::Error) -> ClientError {
    if error.is_timeout() { ClientError::Timeout } else { ClientError::Cut }
}

fn failed(error: ClientError) -> HttpError {
    let kind = match error {
        ClientError::Timeout => HttpErrorKind::Timeout,
        ClientError::Connect { .. } => HttpErrorKind::Connect,
        ClientError::Cut => HttpErrorKind::Interrupted,
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error)
}
