//! A stand-in for an S3-compatible store on a real socket, with objects in memory and every trouble that a store may make.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use http::{Method, StatusCode, header};
use tokio::{net::TcpListener, task::JoinHandle};

/// What the store does with requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// Answers with 503.
    Down,
    /// Answers the next requests, as many, with 503.
    Wavering(usize),
    /// Never answers.
    Silent,
    /// Answers with 200 and what is no answer.
    Garbage,
    /// Breaks off in the middle of what it sends.
    Cut,
    /// Takes no key.
    Locked,
}

#[derive(Default)]
struct Objects {
    whole: BTreeMap<String, Vec<u8>>,
    parts: BTreeMap<(String, usize), Vec<u8>>,
    puts: usize,
    aborted: usize,
}

#[derive(Clone)]
pub struct S3 {
    pub address: SocketAddr,
    mood: Arc<Mutex<Mood>>,
    objects: Arc<Mutex<Objects>>,
    server: Arc<JoinHandle<()>>,
}

impl Drop for S3 {
    fn drop(&mut self) {
        if Arc::strong_count(&self.server) == 1 {
            self.server.abort();
        }
    }
}

type Shared = (Arc<Mutex<Mood>>, Arc<Mutex<Objects>>);

impl S3 {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mood, objects) = (Arc::new(Mutex::new(Mood::Well)), Arc::<Mutex<Objects>>::default());
        let router = Router::new().fallback(answer).with_state((Arc::clone(&mood), Arc::clone(&objects)));
        let server = Arc::new(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
        Self { address, mood, objects, server }
    }

    pub fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The whole objects, by their keys.
    pub fn keys(&self) -> Vec<String> {
        self.objects.lock().unwrap().whole.keys().cloned().collect()
    }

    /// Puts an object there that no server wrote.
    pub fn put(&self, key: &str) {
        self.objects.lock().unwrap().whole.insert(key.to_owned(), b"left".to_vec());
    }

    /// How many parts lie there, and how many uploads in parts were given up.
    pub fn parts(&self) -> (usize, usize) {
        let objects = self.objects.lock().unwrap();
        (objects.parts.len(), objects.aborted)
    }

    /// How many whole objects and parts came.
    pub fn puts(&self) -> usize {
        self.objects.lock().unwrap().puts
    }
}

async fn answer(State((mood, objects)): State<Shared>, request: Request) -> Response {
    let now = {
        let mut mood = mood.lock().unwrap();
        let now = *mood;
        if let Mood::Wavering(times) = now {
            *mood = if times > 1 { Mood::Wavering(times - 1) } else { Mood::Well };
        }
        now
    };
    let (parts, body) = request.into_parts();
    assert!(parts.headers[header::AUTHORIZATION].to_str().unwrap().starts_with("AWS4-HMAC-SHA256 "));
    let Ok(body) = to_bytes(body, usize::MAX).await else { return StatusCode::BAD_REQUEST.into_response() };
    match now {
        Mood::Silent => tokio::time::sleep(Duration::from_secs(3600)).await,
        Mood::Down | Mood::Wavering(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Garbage => return "<what is this".into_response(),
        Mood::Locked => return StatusCode::FORBIDDEN.into_response(),
        Mood::Well | Mood::Cut => {}
    }
    let query = parts.uri.query().unwrap_or_default();
    let Some((_, key)) = parts.uri.path().trim_start_matches('/').split_once('/') else {
        return list(&objects.lock().unwrap());
    };
    let of =
        |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned));
    let mut objects = objects.lock().unwrap();
    let etag = [(header::ETAG, "\"e\""), (header::LAST_MODIFIED, "Sat, 14 Mar 2026 09:00:00 GMT")];
    match (parts.method, of("partNumber")) {
        (Method::POST, _) if query.contains("uploadId") => {
            let mine: Vec<_> = objects.parts.keys().filter(|(other, _)| other == key).cloned().collect();
            let whole = mine.iter().flat_map(|part| objects.parts.remove(part).unwrap()).collect();
            objects.whole.insert(key.to_owned(), whole);
            "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>".into_response()
        }
        (Method::POST, _) => {
            "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>".into_response()
        }
        (Method::PUT, Some(number)) => {
            objects.puts += 1;
            objects.parts.insert((key.to_owned(), number.parse().unwrap()), body.to_vec());
            etag.into_response()
        }
        (Method::PUT, None) => {
            objects.puts += 1;
            objects.whole.insert(key.to_owned(), body.to_vec());
            etag.into_response()
        }
        (Method::DELETE, _) if query.contains("uploadId") => {
            objects.aborted += 1;
            objects.parts.retain(|(other, _), _| other != key);
            StatusCode::NO_CONTENT.into_response()
        }
        (Method::DELETE, _) => {
            objects.whole.remove(key);
            StatusCode::NO_CONTENT.into_response()
        }
        (method, _) => {
            let Some(object) = objects.whole.get(key) else { return StatusCode::NOT_FOUND.into_response() };
            let range = parts.headers.get(header::RANGE).map(|range| range.to_str().unwrap().to_owned());
            get(object, range.as_deref(), &method, now == Mood::Cut)
        }
    }
}

fn get(object: &[u8], range: Option<&str>, method: &Method, is_cut: bool) -> Response {
    let range = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let (start, end) =
        range.map_or((0, object.len()), |(first, last)| (first.parse().unwrap(), last.parse::<usize>().unwrap() + 1));
    let end = end.min(object.len());
    let bytes = object[start..end].to_vec();
    let builder = Response::builder()
        .status(if range.is_some() { 206 } else { 200 })
        .header(header::ETAG, "\"e\"")
        .header(header::LAST_MODIFIED, "Sat, 14 Mar 2026 09:00:00 GMT")
        .header(header::CONTENT_RANGE, format!("bytes {start}-{}/{}", end.saturating_sub(1), object.len()))
        .header(header::CONTENT_LENGTH, bytes.len());
    let body = if method == Method::HEAD {
        Body::empty()
    } else if is_cut {
        let half = bytes[..bytes.len() / 2].to_vec();
        let rest = stream::once(async {
            // What came before is on its way.
            tokio::time::sleep(Duration::from_millis(100)).await;
            Err(std::io::Error::other("cut"))
        });
        Body::from_stream(stream::iter([Ok(half)]).chain(rest))
    } else {
        Body::from(bytes)
    };
    builder.body(body).unwrap()
}

fn list(objects: &Objects) -> Response {
    let contents: String = objects
        .whole
        .iter()
        .map(|(key, object)| {
            format!(
                "<Contents><Key>{key}</Key><Size>{}</Size><LastModified>2026-03-14T09:00:00.000Z</LastModified>\
                 <ETag>\"e\"</ETag></Contents>",
                object.len()
            )
        })
        .collect();
    let xml = format!(
        "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
    );
    ([(header::CONTENT_TYPE, "application/xml")], xml).into_response()
}
