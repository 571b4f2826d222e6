use std::collections::BTreeSet;

use http::Method;

use super::{answers, routes};
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_route_has_its_methods_and_no_others() {
    let stage = Stage::new().await;
    let routes = routes(&stage).await;
    let known: BTreeSet<_> = routes.iter().map(|route| (route.path(), route.method.to_string())).collect();
    let browser = stage.browser();
    for route in &routes {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
            if known.contains(&(route.path(), method.to_owned())) {
                continue;
            }
            let asked: Method = method.parse().expect("a method");
            let answer = browser.send(asked, &route.path(), "", &[]).await;
            assert_eq!(answer.status, 404, "{method} {}: {answer:?}", route.template);
            assert_eq!(answer.headers.get("allow"), None, "{method} {}", route.template);
            if method != "HEAD" {
                answers::hold(&answer);
                answer.is_problem(404, "not-found");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_a_problem_for_programs_and_a_page_for_people() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/contacts/",
        "/api//contacts",
        "/API/contacts",
        "/api/contacts%2f",
        "/problems/nothing",
        "/problems/",
        "/assets/../../Cargo.toml",
        "/assets/%2e%2e%2fopenapi.json",
        "/assets/nothing.js",
        "/.env",
        "/.git/config",
        "/%00",
        "/%ff",
        "/_local/nothing",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = browser.send(method.clone(), path, "", &[]).await;
            answers::hold(&answer);
            answer.is_problem(404, "not-found");
        }
    }
    let page = browser.send(Method::GET, "/api/nothing", "", &[("accept", "text/html,*/*")]).await;
    answers::hold_headers(&page);
    assert_eq!((page.status, page.json.is_null()), (404, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_explains_itself_under_its_type() {
    let stage = Stage::new().await;
    for kind in postern_http::ProblemKind::ALL {
        let (name, status, title) = (kind.name(), kind.status(), kind.title());
        let page = stage.browser().get(&format!("/problems/{name}")).await;
        answers::hold_headers(&page);
        assert_eq!((page.status, page.headers["content-type"].to_str().expect("text")), (200, "text/html; charset=utf-8"));
        assert!(page.text.contains(title) && page.text.contains(&status.to_string()), "{}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_the_headers_of_every_answer() {
    let stage = Stage::new().await;
    for path in ["/", "/demo", "/demo/sign-in", "/demo/link", "/demo/staff", "/demo/staff/link", "/api/openapi.json"] {
        let page = stage.browser().send(Method::GET, path, "", &[("accept", "text/html")]).await;
        answers::hold_headers(&page);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.headers.get("set-cookie").is_none(), "{path}");
    }
}
