use std::collections::HashMap;

use super::*;

pub(super) fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<Problem>> {
    let pairs: HashMap<_, _> = pairs.iter().copied().collect();
    Config::read(|name| pairs.get(name).map(|value| (*value).to_owned()))
}

#[test]
fn the_defaults_are_valid_and_need_nothing() {
    assert!(matches!(read(&[]).unwrap().database.url, DatabaseUrl::Sqlite(_)));
}

#[test]
fn all_problems_are_told_at_once_and_no_secret_with_them() {
    let problems = read(&[
        ("API_PORT", "http"),
        ("DATABASE_URL", "postgres://me:hunter2hunter2@db/rapport"),
        ("ADMIN_PASSWORD", "short-secret"),
        ("OPENAI_BASE_URL", "not an address"),
        ("MAX_DEPTH", "0"),
        ("AUTH_ISSUERS", r#"[{"issuer": "hunter2", "secret": "hunter2"}]"#),
        ("SECRETS_KEYS", "k1:hunter2hunter2"),
    ])
    .unwrap_err();
    let text = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert_eq!(problems.len(), 7, "{text}");
    for name in ["API_PORT", "API_JWT_SECRET", "OPENAI_BASE_URL", "MAX_DEPTH", "AUTH_ISSUERS", "SECRETS_KEYS"] {
        assert!(text.contains(name), "{name} is missing in:\n{text}");
    }
    assert!(!text.contains("hunter2"));
}

#[test]
fn what_only_follows_from_another_problem_is_not_told() {
    let names =
        |pairs: &[(&str, &str)]| -> Vec<_> { read(pairs).unwrap_err().iter().map(|problem| problem.setting).collect() };
    assert_eq!(names(&[("DATABASE_URL", "mysql://me@db/rapport")]), ["DATABASE_URL"]);
    assert_eq!(names(&[("DATABASE_URL", "postgres://me@db/rapport")]), ["API_JWT_SECRET"]);
    assert_eq!(names(&[("MAX_COMPLEXITY", "many"), ("RATE_LIMIT_POINTS", "10000")]), ["MAX_COMPLEXITY"]);
    assert_eq!(names(&[("LLM_PROVIDERS", "ollama"), ("OLLAMA_HOST", "nowhere")]), ["OLLAMA_HOST"]);
    assert_eq!(names(&[("EXTRACTION_MODEL", "ollama/qwen"), ("OLLAMA_HOST", "nowhere")]), ["OLLAMA_HOST"]);
    let mail = [("SMTP_HOST", "localhost:25"), ("SMTP_FROM", "a@b.example"), ("SMTP_TLS", "none")];
    let login = [("SMTP_USER", "a"), ("SMTP_PASSWORD", "b")];
    assert_eq!(names(&[mail.as_slice(), &login].concat()), ["SMTP_HOST"]);
    let given = |name: &str| (name == "SMTP_USER").then(|| "a".to_owned());
    let (_, problems) = Config::gather(&given, &["SMTP_PASSWORD".to_owned()]);
    assert_eq!(problems, []);
}

#[test]
fn an_allowance_pays_for_the_dearest_operation_or_is_off() {
    let problems = read(&[("MAX_COMPLEXITY", "50000"), ("RATE_LIMIT_POINTS", "49999")]).unwrap_err();
    let names: Vec<_> = problems.iter().map(|problem| problem.setting).collect();
    assert_eq!(names, ["RATE_LIMIT_POINTS", "RATE_LIMIT_ANONYMOUS_POINTS"]);
    assert!(problems[0].to_string().contains("at least 50000"), "{}", problems[0]);
    let off = read(&[("RATE_LIMIT_POINTS", "20000"), ("RATE_LIMIT_ANONYMOUS_POINTS", "0")]).unwrap().limits;
    assert_eq!((off.signed_in.points, off.anonymous.points), (20_000, 0));
    assert!(read(&[("RATE_LIMIT_RESTORE", "0")]).is_err());
}

#[test]
fn the_sec_is_asked_eight_times_a_second_at_most() {
    for (rate, is_valid) in [("0", false), ("1", true), ("8", true), ("9", false)] {
        assert_eq!(read(&[("EDGAR_REQUESTS_PER_SECOND", rate)]).is_ok(), is_valid, "{rate}");
    }
}

#[test]
fn secrets_are_not_printed() {
    let config = read(&[
        ("OPENAI_API_KEY", "sk-very-secret"),
        ("HUGGINGFACE_API_KEY", "hf_very-secret"),
        ("API_JWT_SECRET", "0123456789-very-secret-0123456789"),
        ("ADMIN_PASSWORD", "very-secret-indeed"),
        ("DATABASE_URL", "postgres://me:very-secret@db/rapport"),
        ("REDIS_URL", "redis://:very-secret@cache"),
        ("SECRETS_KEYS", "k1:/very+secret/very+secret/very+secret/very+s="),
        ("SMTP_HOST", "smtp.example.com"),
        ("SMTP_FROM", "Rapport <no-reply@example.com>"),
        ("SMTP_USER", "rapport"),
        ("SMTP_PASSWORD", "very-secret"),
        ("METRICS_TOKEN", "very-secret-indeed"),
    ])
    .unwrap();
    assert_eq!(config.sealing_keys.len(), 1);
    let printed = format!("{config:?}");
    assert!(!printed.contains("very-secret") && !printed.contains("very+secret") && !printed.contains("254, "));
}

#[test]
fn an_empty_setting_counts_as_not_set() {
    assert!(read(&[("OPENAI_API_KEY", ""), ("API_PORT", " ")]).unwrap().openai.is_none());
}
