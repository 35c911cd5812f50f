//! Makes the description of the API of its handlers. Tests alone do so, write it into `lrs/web/openapi.json` and hold that
//! file to it; the program has the file (`described.rs`).

use utoipa::OpenApi as _;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Content, OpenApi, PathItem, Ref, RefOr, Response as DescribedResponse, ResponseBuilder,
};
use utoipa_axum::router::OpenApiRouter;

use super::described::OF_PROGRAMS;
use super::{router, signed_in};

/// The frame of the API's description; the operations come from the handlers.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Traccia", description = "Courses, learners, progress and keys. The xAPI \
        resources under /xapi are described by the xAPI standard.", license(name = "Apache-2.0")),
    tags((name = "keys"), (name = "courses"), (name = "learners"), (name = "reports"),
        (name = "presence"), (name = "certificates"), (name = "packages"), (name = "data"), (name = "health"), (name = "pages"),
        (name = "people"), (name = "statements"), (name = "refusals"), (name = "jobs"),
        (name = "reactions"),
        (name = "pipes"))
)]
struct Description;

/// The description of Traccia's own API.
pub(super) fn description() -> OpenApi {
    let frame = OpenApiRouter::with_openapi(Description::openapi());
    let (_, mut description) = frame.merge(router::own_routes()).split_for_parts();
    let basic = SecurityScheme::Http(Http::new(HttpAuthScheme::Basic));
    description.components.get_or_insert_default().add_security_scheme("key", basic);
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(signed_in::cookie::NAME)));
    description.components.get_or_insert_default().add_security_scheme("session", cookie);
    name_operations(&mut description);
    offer_sessions(&mut description);
    describe_problems(&mut description);
    description
}

/// Gives each operation an id that no other has, made of method and path: `get_courses_id_summary`
/// is `GET /api/v1/courses/{id}/summary`. Handlers are called `get` and `list` in many files.
fn name_operations(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let segments = path.split('/').filter(|it| !matches!(*it, "" | "api" | "v1"));
        let named: Vec<String> =
            segments.map(|segment| segment.trim_matches(['{', '}']).replace('-', "_")).collect();
        let named = if named.is_empty() { "home".to_owned() } else { named.join("_") };
        let PathItem { get, put, post, delete, .. } = item;
        let all = [("get", get), ("put", put), ("post", post), ("delete", delete)];
        for (method, operation) in all {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{named}"));
            }
        }
    }
}

/// Says of each operation that takes a key that a session will do as well.
fn offer_sessions(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let of_programs = OF_PROGRAMS.iter().any(|begin| path.starts_with(begin));
        let PathItem { get, put, post, delete, .. } = item;
        let all = [get, put, post, delete].into_iter().flatten();
        let taking = all.filter_map(|operation| operation.security.as_mut());
        for security in taking.filter(|_| of_programs) {
            security.push(SecurityRequirement::new::<_, [String; 0], String>("session", []));
        }
    }
}

/// The media type of problem documents (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// Says of every refusal that it is a problem document, and describes those that any operation may answer: 400 and 401, and
/// where a body is taken 413 and 415.
fn describe_problems(description: &mut OpenApi) {
    for item in description.paths.paths.values_mut() {
        let PathItem { get, put, post, delete, .. } = item;
        for operation in [get, put, post, delete].into_iter().flatten() {
            let with_body: &[&str] =
                if operation.request_body.is_some() { &["413", "415"] } else { &[] };
            let responses = &mut operation.responses.responses;
            for response in responses.values_mut() {
                if let RefOr::T(response) = response {
                    let content = std::mem::take(&mut response.content);
                    response.content = content.into_iter().map(as_problem).collect();
                }
            }
            for status in ["400", "401"].iter().chain(with_body) {
                responses.entry((*status).to_owned()).or_insert_with(|| RefOr::T(problem()));
            }
        }
    }
}

/// The media type and the content of an answer, where a problem document has the media type of one.
fn as_problem((media_type, content): (String, RefOr<Content>)) -> (String, RefOr<Content>) {
    let is_problem = matches!(&content, RefOr::T(Content { schema: Some(RefOr::Ref(of)), .. })
        if of.ref_location.ends_with("/Problem"));
    (if is_problem { PROBLEM.to_owned() } else { media_type }, content)
}

fn problem() -> DescribedResponse {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    let said = "The request is refused: the problem document says why, and what to do.";
    ResponseBuilder::new().description(said).content(PROBLEM, content).build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use serde_json::json;

    use super::*;

    #[test]
    fn every_operation_has_an_id_of_its_own() {
        let mut ids = BTreeSet::new();
        for (path, item) in description().paths.paths {
            for operation in [item.get, item.put, item.post, item.delete].into_iter().flatten() {
                let id = operation.operation_id.unwrap_or_default();
                assert!(!id.is_empty() && ids.insert(id.clone()), "{id} of {path}");
            }
        }
        assert!(ids.contains("get_courses_id_reports_report"), "{ids:?}");
    }

    #[test]
    fn every_refusal_is_described_as_a_problem_document() {
        for (path, item) in description().paths.paths {
            for operation in [item.get, item.put, item.post, item.delete].into_iter().flatten() {
                let has_body = operation.request_body.is_some();
                let described = json!(operation.responses);
                let refusals: &[&str] =
                    if has_body { &["400", "401", "413", "415"] } else { &["400", "401"] };
                for status in refusals {
                    // What is wrong with an option of OData is told as OData tells errors.
                    if path == "/api/v1/odata/{table}" && *status == "400" {
                        continue;
                    }
                    let content = &described[status]["content"];
                    assert!(content["application/problem+json"].is_object(), "{status} of {path}");
                    assert!(content["application/json"].is_null(), "{status} of {path}");
                }
            }
        }
    }

    /// The types of the browser UI are made of this file.
    #[test]
    fn the_description_that_the_ui_is_made_of_is_the_present_one() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/openapi.json");
        let present = serde_json::to_string_pretty(&description()).unwrap() + "\n";
        if std::env::var_os("TRACCIA_WRITE_OPENAPI").is_some() {
            std::fs::write(&file, &present).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == present, "run `make openapi` and keep what it writes");
    }
}
