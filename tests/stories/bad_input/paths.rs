use super::{CANARY, answers, routes};
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_id_in_a_path_is_not_found() {
    let stage = Stage::new().await;
    let hex = "0123456789abcdef0123456789abcdef";
    let long = "a".repeat(4_000);
    for route in routes(&stage).await {
        for name in route.ids.keys().filter(|name| route.template.contains(&format!("{{{name}}}"))) {
            let own = &route.ids[name];
            let bad = [
                "x".to_owned(),
                CANARY.to_owned(),
                hex[1..].to_owned(),
                format!("{hex}0"),
                hex.to_uppercase(),
                hex.repeat(3),
                long.clone(),
                format!("{own}%23x"),
                format!("{own}%00"),
                format!("{own}%20"),
                format!("%20{own}"),
                format!("{own}%2Fx"),
                "%23".to_owned(),
                "%ff".to_owned(),
                "%2e%2e%2f".to_owned(),
                "..%5c".to_owned(),
                "%e2%80%8b".to_owned(),
                "%".to_owned(),
                "*".to_owned(),
                own.to_uppercase(),
                format!("{own}{own}"),
                "null".to_owned(),
                "0123456789abcdef-0123456789abcdef".to_owned(),
                String::new(),
            ];
            for bad in bad {
                let path = route.template.replace(&format!("{{{name}}}"), &bad);
                let path = route.ids.iter().fold(path, |path, (name, id)| path.replace(&format!("{{{name}}}"), id));
                let body = if route.body.is_some() { route.good_body().to_string() } else { String::new() };
                let answer =
                    route.browser.elsewhere().send(route.method.clone(), &path, body, &[("content-type", "application/json")]).await;
                answers::hold(&answer);
                assert_eq!(answer.status, 404, "{} {path:.200}: {answer:?}", route.name);
            }
            // One that could be, and is not.
            let unknown = match name.as_str() {
                "firm" => "nobody".to_owned(),
                "document" => hex.repeat(2),
                _ => hex.to_owned(),
            };
            let path = format!("{}{}", route.template.replace(&format!("{{{name}}}"), &unknown), route.needed_query());
            let body = if route.body.is_some() { route.good_body().to_string() } else { String::new() };
            let answer = route.browser.elsewhere().send(route.method.clone(), &path, body, &[("content-type", "application/json")]).await;
            answers::hold(&answer);
            match route.name.as_str() {
                // A challenge that was never given out takes no code, like one that is over.
                "verify-code" => answer.is_problem(401, "code-rejected"),
                _ => answer.is_problem(404, "not-found"),
            };
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn query_parameters_are_held_to_their_names_and_values() {
    let stage = Stage::new().await;
    for route in routes(&stage).await.iter().filter(|route| route.method == http::Method::GET) {
        let named = route.parameters.iter().filter(|parameter| parameter["in"] == "query");
        let named: Vec<_> = named.map(|parameter| parameter["name"].as_str().expect("a name")).collect();
        if named.is_empty() {
            continue;
        }
        let mut bad = vec![("nobody", CANARY), ("Limit", "1"), ("limit[]", "1"), ("__proto__", "x")];
        for name in &named {
            let values: &[&str] = match *name {
                "limit" => &["0", "101", "-1", "+5", "abc", "1e1", "1.0", "%EF%BC%91%EF%BC%90", "99999999999999999999", "%205"],
                "cursor" | "contact" | "client" => &["x", "0", "%00", "%23", "0123456789ABCDEF0123456789ABCDEF", CANARY],
                "state" => &["Ready", "gone", "ready,deleted", CANARY],
                "status" => &["Ready", "lost", "ready,missing", CANARY],
                "sort" => &["Name", "-name", "created", CANARY],
                "outcome" => &["signed_in", "%25", CANARY],
                "email" => &["nobody", "a@", "%00@x.com", CANARY],
                "from" | "to" => &["yesterday", "2026-13-01T00:00:00Z", "0", CANARY],
                "format" => &["xml", "CSV", CANARY],
                // Every text may be searched for.
                "q" => &[],
                other => panic!("{}: {other} has no bad values here yet", route.name),
            };
            bad.extend(values.iter().map(|value| (*name, *value)));
        }
        for (name, value) in bad {
            let answer = route.browser.get(&format!("{}?{name}={value}", route.path())).await;
            answers::hold(&answer);
            let problem = answer.is_problem(400, "invalid-request");
            let fields = problem["fields"].as_object().expect("fields");
            assert_eq!(fields.keys().collect::<Vec<_>>(), [name], "{}: {name}={value}", route.name);
        }
        let answer = route.browser.get(&format!("{}?limit=5&limit=5", route.path())).await;
        answers::hold(&answer);
        answer.names("limit");
        for odd in ["limit=5&", "&&", "limit=", "=", "%ff=%ff", "limit=5;limit=6", "q=%00%ff", &format!("q={}", "a".repeat(8_000))] {
            let answer = route.browser.get(&format!("{}?{odd}", route.path())).await;
            answers::hold(&answer);
            assert!(matches!(answer.status, 200 | 400), "{odd:.50}: {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_list_opens_nothing() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    owner.get(&format!("/api/contacts?limit=1&cursor={}", jane.id())).await.names("cursor");
    for reader in [owner, stage.owner_of_another_firm().await] {
        let page = reader.get(&format!("/api/access-log?limit=1&cursor={}", jane.id())).await.is(200);
        assert!(page["items"].is_array(), "{page}");
    }
}
