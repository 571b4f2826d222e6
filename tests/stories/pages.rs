//! The documents of pages: where they stand, whom they name before any script has come, and what they allow.

use http::{Method, header};
use jiff::Timestamp;
use serde_json::json;

use crate::stage::{Answer, Stage};

/// What a browser gets that a person sends to an address.
async fn got(stage: &Stage, path: &str) -> Answer {
    stage.browser().send(Method::GET, path, "", &[("accept", "text/html")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_stand_below_firms_alone_and_name_the_firm() {
    let stage = Stage::new().await;
    for (path, status, named) in [
        ("/", 200, false),
        ("/demo", 200, true),
        ("/demo/sign-in", 200, true),
        ("/demo/link", 200, true),
        ("/demo/staff/contacts/0192f0c4a1b27000800000000000abcd", 200, true),
        ("/nobody/sign-in", 200, false),
        ("/demo/nothing", 404, true),
        ("/api", 404, false),
        ("/-/sign-in", 404, false),
    ] {
        let page = got(&stage, path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.headers[header::CONTENT_TYPE].to_str().expect("text").starts_with("text/html"), "{path}");
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.contains("default-src 'none'; script-src 'self'") && policy.contains("connect-src 'self' http"), "{policy}");
        let names = [
            "<span class=\"firm\">Demo &#38; Daughters CPA</span>",
            "or call Demo &#38; Daughters CPA: <a class=\"phone\" href=\"tel:+12525550142\">(252) 555-0142</a>",
        ];
        assert_eq!(names.map(|name| page.text.contains(name)), [named; 2], "{path}: {}", page.text);
        assert!(!page.text.contains(['{', '}']), "{path}: {}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_a_slash_behind_it_or_in_capitals_leads_to_the_page() {
    let stage = Stage::new().await;
    for (path, meant) in [
        ("/demo/", "/demo"),
        ("/demo/sign-in/", "/demo/sign-in"),
        ("/Demo/sign-in", "/demo/sign-in"),
        ("/DEMO/Staff/Contacts/?q=Ann", "/demo/staff/contacts?q=Ann"),
        ("//demo", "/demo"),
        ("/demo/nothing//", "/demo/nothing"),
    ] {
        let answer = got(&stage, path).await;
        assert_eq!((answer.status, answer.headers[header::LOCATION].to_str().ok()), (308, Some(meant)), "{path}");
    }
    for path in ["//evil.example/", "/\\evil.example/", "/%5Cevil.example/", "/-/"] {
        let answer = got(&stage, path).await;
        assert_eq!((answer.status, answer.headers.get(header::LOCATION)), (404, None), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_there_without_the_name_when_the_directory_is_not() {
    let stage = Stage::new().await;
    stage.fault(json!({"service": "dynamodb", "operation": "GetItem", "nth": 0, "mode": "error"})).await;
    let page = got(&stage, "/demo/sign-in").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("or call your accountant.") && page.text.contains("o llame a su contador."), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_sent_again_only_if_it_is_another_one() {
    let stage = Stage::new().await;
    let tag = got(&stage, "/demo").await.headers[header::ETAG].to_str().expect("text").to_owned();
    let again = |path, tag: String| {
        let browser = stage.browser();
        async move { browser.send(Method::GET, path, "", &[("accept", "text/html"), ("if-none-match", &tag)]).await.status }
    };
    assert_eq!(again("/demo", tag.clone()).await, 304);
    assert_eq!(again("/nobody", tag.clone()).await, 200, "it names another firm");
    assert_eq!(again("/demo/sign-in", tag).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_are_told_of_what_is_missing_as_of_any_problem() {
    let stage = Stage::new().await;
    for path in ["/demo/nothing", "/assets/nothing.js", "/assets/home.html", "/problems/nothing", "/demo/"] {
        stage.browser().send(Method::GET, path, "", &[("accept", "*/*")]).await.is_problem(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_a_flaw_is_told_where_to_report_it() {
    let stage = Stage::new().await;
    let answer = stage.browser().send(Method::GET, "/.well-known/security.txt", "", &[]).await;
    assert_eq!((answer.status, &answer.headers[header::CONTENT_TYPE]), (200, &"text/plain; charset=utf-8".parse().expect("a value")));
    let field = |name: &str| answer.text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    assert_eq!(field("Contact: ").as_deref(), Some("mailto:security@postern.test"));
    let expires: Timestamp = field("Expires: ").and_then(|text| text.parse().ok()).expect("RFC 9116 asks for it");
    #[expect(clippy::disallowed_methods, reason = "the instance goes by the clock of this machine")]
    let days = (expires.as_second() - Timestamp::now().as_second()) / 86_400;
    assert!((88..=90).contains(&days), "{days}");
}
