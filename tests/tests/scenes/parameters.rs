//! Parameters that the API and its reports do not take are refused, by the server and so by the
//! command line.

use e2e::Traccia;
use e2e::seminar;
use serde_json::Value;

/// The description of the API is the list of what there is; none of it is carried out here.
#[tokio::test]
async fn no_operation_of_the_api_takes_a_parameter_that_its_description_does_not_name() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let description: Value = admin.get("/api/openapi.json").await.expect(200).json();
    let mut asked = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        // A provider leads browsers back with parameters of its own.
        let is_of_providers = path.starts_with("/api/v1/oidc/");
        let of_programs = ["/api/", "/whoami", "/metrics", "/schemas/"];
        if is_of_providers || !of_programs.iter().any(|begin| path.starts_with(begin)) {
            continue;
        }
        let filled = path.replace("{id}", seminar::COURSE).replace("{report}", "glance");
        let filled = filled.replace(['{', '}'], "");
        let asking = format!("{filled}?no-such-parameter=1");
        for method in item.as_object().unwrap().keys() {
            let request = match method.as_str() {
                "get" => admin.get(&asking),
                "put" => admin.put(&asking),
                "post" => admin.post(&asking),
                "delete" => admin.delete(&asking),
                _ => continue,
            };
            let refused = request.await;
            assert_eq!(refused.status.as_u16(), 400, "{method} {path}: {refused}");
            // OData has errors of its own form, whose code is the rule.
            let rule = if path.starts_with("/api/v1/odata/") { "/error/code" } else { "/rule" };
            let rule = refused.json().pointer(rule).cloned();
            assert_eq!(rule, Some("parameter-unknown".into()), "{method} {path}: {refused}");
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked} operations");
    let refused = admin.get("/api/openapi.json?no-such-parameter=1").await.expect(400).json();
    assert_eq!(refused["rule"], "parameter-unknown");
    admin.get("/healthz?no-such-parameter=1").await.is(200);
    assert_eq!(admin.get(&seminar::at("")).await.text(), seminar::file(), "nothing was done");
}

#[tokio::test]
async fn a_report_refuses_what_it_would_pass_over() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    for (report, parameter) in [
        ("glance", "session=perugia"),
        ("glance", "expand=true"),
        ("matrix", "by=region"),
        ("register", "expand=true"),
        ("health", "region=Umbria"),
        ("health", "at=2026-03-01"),
    ] {
        let refused = admin.get(&seminar::at(&format!("/reports/{report}?{parameter}"))).await;
        refused.problem(400);
        let (name, value) = parameter.split_once('=').unwrap();
        let flag = format!("--{name}");
        let mut arguments = vec!["report", seminar::COURSE, report, &flag];
        if name != "expand" {
            arguments.push(value);
        }
        let done = traccia.cli(&arguments).await;
        assert_eq!(done.code, Some(3), "{done}");
        assert!(done.stderr.contains(name), "{done}");
    }
    for (report, parameter) in
        [("glance", "by=region"), ("matrix", "expand=true"), ("health", "lang=it")]
    {
        admin.get(&seminar::at(&format!("/reports/{report}?{parameter}"))).await.is(200);
    }
}

#[tokio::test]
async fn the_report_on_one_learner_says_how_to_name_one() {
    let traccia = Traccia::start().await;
    seminar::load(&traccia.admin()).await;
    let done = traccia.cli(&["report", seminar::COURSE, "learner"]).await;
    assert_eq!(done.code, Some(3), "{done}");
    for part in ["--learner", "traccia learners export"] {
        assert!(done.stderr.contains(part), "{part} is not in {done}");
    }
    assert!(!done.stderr.contains("Leave it out"), "{done}");
}
