//! How a request is answered.

use std::time::{Duration, Instant};

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use futures_util::{StreamExt as _, stream};
use serde_json::json;

use super::{Answer, LIMIT, RATE_EXCEEDED, Request, Shared, lock, within_a_second};

const TICKERS: &str = include_str!("../../../data/edgar/company_tickers.json");

pub async fn answer(State(state): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = uri.path();
    let (answer, file) = {
        let mut state = lock(&state);
        let request = Request { path: path.to_owned(), user_agent: user_agent.to_owned(), at: Instant::now() };
        state.requests.push(request);
        if state.blocked > 0 || within_a_second(&state.requests) > LIMIT {
            state.blocked += 1;
            (Answer::RateExceeded, None)
        } else {
            let answer = state.next.pop_front().unwrap_or_else(|| state.answer.clone());
            (answer, state.files.get(path).cloned())
        }
    };
    if let Answer::Held(gate) = &answer {
        gate.notified().await;
    }
    match answer {
        Answer::Files | Answer::Held(_) => {
            file.map_or_else(|| list(path, TICKERS.to_owned()), IntoResponse::into_response)
        }
        Answer::AppleAs(ticker) => list(path, TICKERS.replace(r#""AAPL""#, &format!("{ticker:?}"))),
        Answer::RateExceeded => (StatusCode::FORBIDDEN, Html(RATE_EXCEEDED)).into_response(),
        Answer::RateExceededFor(pause) => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, pause)], Html(RATE_EXCEEDED)).into_response()
        }
        Answer::Busy(None) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Answer::Busy(Some(pause)) => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, pause)]).into_response(),
        Answer::Status(status) => status.into_response(),
        Answer::Garbage => Html(RATE_EXCEEDED).into_response(),
        Answer::Cut => {
            let half = file.map(|file| file[..file.len() / 2].to_vec()).unwrap_or_default();
            let end = async {
                // What was sent before leaves first.
                tokio::time::sleep(Duration::from_millis(50)).await;
                Err(std::io::Error::other("cut"))
            };
            Body::from_stream(stream::iter([Ok(half)]).chain(stream::once(end))).into_response()
        }
        Answer::Silence => std::future::pending().await,
    }
}

/// The SEC's lists of companies.
fn list(path: &str, tickers: String) -> Response {
    match path {
        "/files/company_tickers.json" => ([(header::CONTENT_TYPE, "application/json")], tickers).into_response(),
        "/files/company_tickers_exchange.json" => {
            let rows = json!([[320193, "Apple Inc.", "AAPL", "Nasdaq"], [19617, "JPMORGAN CHASE & CO", "JPM", "NYSE"]]);
            Json(json!({"fields": ["cik", "name", "ticker", "exchange"], "data": rows})).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
