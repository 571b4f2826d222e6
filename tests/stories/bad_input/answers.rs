use http::header;
use postern_http::ProblemKind;

use super::CANARY;
use crate::stage::Answer;

/// That an answer has all that every answer has, and that a refusal is one of the list.
#[track_caller]
pub fn hold(answer: &Answer) {
    hold_headers(answer);
    if answer.status >= 400 {
        hold_problem(answer);
    }
}

/// That an answer has the headers that every answer has, and repeats nothing.
#[track_caller]
pub fn hold_headers(answer: &Answer) {
    for (name, value) in [
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.headers.get(name).map(|found| found.to_str().expect("text")), Some(value), "{name}: {answer:?}");
    }
    let policy = answer.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(answer.headers.contains_key("postern-request-id"), "{answer:?}");
    assert!(!answer.text.contains(CANARY) && !format!("{:?}", answer.headers).contains(CANARY), "{answer:?}");
}

#[track_caller]
fn hold_problem(answer: &Answer) {
    assert!(answer.status < 500, "{answer:?}");
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{answer:?}");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{answer:?}");
    let problem = answer.json.as_object().unwrap_or_else(|| panic!("an object: {answer:?}"));
    let kind = problem["type"].as_str().expect("a type").strip_prefix("/problems/").expect("one of ours");
    let listed = ProblemKind::ALL.iter().find(|listed| listed.name() == kind).unwrap_or_else(|| panic!("{kind} is not in the list"));
    assert_eq!(
        (problem["title"].as_str(), problem["status"].as_u64()),
        (Some(listed.title()), Some(u64::from(listed.status()))),
        "{answer:?}"
    );
    assert_eq!(answer.status, listed.status());
    let members = ["type", "title", "status", "detail", "fields", "contact", "missing"];
    assert!(problem.keys().all(|member| members.contains(&member.as_str())), "{answer:?}");
    assert_eq!(kind == "invalid-request", problem.contains_key("fields"), "{answer:?}");
    assert!(answer.text.len() < 2_000, "it repeats what was sent: {answer:?}");
}
