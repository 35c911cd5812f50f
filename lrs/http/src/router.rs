//! The route table: every address of Traccia in one scroll.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, put};
use bytes::Bytes;
use tower::layer::layer_fn;
use tower::{Service, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tower_http::trace::TraceLayer;
use utoipa_axum::router::OpenApiRouter;
#[cfg(test)]
use utoipa_axum::routes;

use super::api::{
    account, aggregate, audit, check, courses, data, dossiers, erasures, health, jobs, keys, live,
    monitoring, my, odata, oidc, packages, people, pipes, reactions, refusals, retention, sessions,
    setup, statements, system, whoami,
};
use super::deadline::Deadline;
use super::described::{self, Described, only_described};
use super::lingering::Lingering;
use super::problem::Problem;
#[cfg(not(test))]
use super::routes::routes;
use super::shared::Shared;
use super::state::Server;
use super::xapi::documents::{self, ActivityProfiles, AgentProfiles, Documents, StateDocuments};
use super::xapi::{about, activities, agents, get_statements, put_statements, untrusted};
use super::{
    alternate, answered, appended, audit as changes, check_in, compressed, consistency, content,
    cors, guard, harden, home, language, paths, refused, share, signed_in, version, web,
};

/// How long a body may pause before its request is given up.
const STALLED: Duration = Duration::from_secs(30);

/// A package may take this much longer than other bodies: it may be this much larger.
const LONGER: u32 = 30;

/// Whether a request brings a package.
fn is_import<B>(request: &axum::http::Request<B>) -> bool {
    request.method() == axum::http::Method::POST && request.uri().path() == "/api/v1/packages"
}

/// All of Traccia as one service.
pub fn service(
    server: Server,
) -> impl Service<Request, Response = Response, Error = std::convert::Infallible, Future: Send + 'static>
+ Clone
+ Send
+ Sync {
    let router = Router::new()
        .nest("/xapi", xapi(&server))
        .merge(api(&server))
        .fallback(web_or_nowhere)
        .method_not_allowed_fallback(not_so)
        .with_state(server.clone())
        .layer(from_fn(answered::note_route))
        .layer(layer_fn(Shared::new));
    let whole = Duration::from_secs(server.limits.body_seconds);
    let beside = server.clone();
    let forgetful = server.clone();
    let around = ServiceBuilder::new()
        .map_response(|response: axum::http::Response<_>| response.map(Body::new))
        .layer(RequestBodyTimeoutLayer::new(STALLED))
        .map_request(move |request: axum::http::Request<_>| {
            let time = if is_import(&request) { whole * LONGER } else { whole };
            request.map(|body| Body::new(Deadline::new(Body::new(body), time)))
        })
        .map_request(|request: Request| paths::normalise(linger(request)))
        .layer(TraceLayer::new_for_http())
        .layer(from_fn(harden::answer))
        .layer_fn(Shared::new)
        .layer(cors::layer())
        .layer(from_fn_with_state(server.clone(), guard::writes))
        .layer_fn(Shared::new)
        .layer(from_fn(compressed::compress))
        .layer_fn(Shared::new)
        .layer(from_fn_with_state(server.clone(), share::hold_answer))
        .layer_fn(Shared::new)
        .layer(from_fn(language::translate))
        .layer_fn(Shared::new)
        .layer(CatchPanicLayer::custom(|_| Problem::stopped().into_response()))
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
        .map_request(|request: axum::http::Request<_>| request.map(axum::body::Body::new))
        .map_request(move |request| appended::forget(&forgetful, request))
        .layer(from_fn_with_state(server, alternate::unfold))
        .layer_fn(Shared::new);
    let hosts = content::beside(Shared::new(around.service(router)), &beside);
    let tell = from_fn_with_state(beside, answered::tell);
    ServiceBuilder::new().layer(tell).layer_fn(Shared::new).service(hosts)
}

/// The xAPI resources below `/xapi`.
pub const XAPI: [&str; 7] = [
    "/statements",
    "/activities",
    "/activities/state",
    "/activities/profile",
    "/agents",
    "/agents/profile",
    "/about",
];

/// Where the description of Traccia's own API is.
pub const DESCRIPTION: &str = "/api/openapi.json";
const JSON: [(HeaderName, &str); 1] = [(CONTENT_TYPE, "application/json")];

fn xapi(server: &Server) -> Router<Server> {
    let statements = get(get_statements::get)
        .put(put_statements::put)
        .post(put_statements::post)
        .layer(from_fn_with_state(server.clone(), consistency::promise))
        .layer(layer_fn(Shared::new));
    // In the order of `XAPI`.
    let resources = [
        statements,
        get(activities::get),
        document_routes::<StateDocuments>(),
        document_routes::<ActivityProfiles>(),
        get(agents::get),
        document_routes::<AgentProfiles>(),
        get(about::get),
    ];
    let resources = XAPI.into_iter().zip(resources);
    let around = ServiceBuilder::new()
        .map_response(untrusted::mark)
        .layer(from_fn_with_state(server.clone(), refused::count))
        .layer_fn(Shared::new)
        .layer(from_fn_with_state(server.clone(), version::negotiate))
        .layer_fn(Shared::new);
    resources
        .fold(Router::new(), |router, (path, resource)| router.route(path, resource))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
        .layer(around)
}

fn document_routes<D: Documents>() -> axum::routing::MethodRouter<Server> {
    put(documents::put::<D>)
        .get(documents::get::<D>)
        .post(documents::post::<D>)
        .delete(documents::delete::<D>)
}

/// Traccia's own API. A route without its description cannot be added here.
fn api(server: &Server) -> Router<Server> {
    let (router, _) = own_routes().split_for_parts();
    // Written once: no key is needed to ask for it.
    let description = described::description();
    let text = Bytes::from(description.to_string());
    let described = Arc::new(Described::of(&description));
    router
        .route(DESCRIPTION, get(async move || (JSON, text.clone())))
        .layer(from_fn_with_state(described, only_described))
        .layer(from_fn_with_state(server.clone(), changes::note))
        .layer(from_fn(signed_in::allow))
}

/// The routes of courses, their learners, registers, reports, certificates and reactions.
fn of_courses() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(courses::listed::list))
        .routes(routes!(courses::get, courses::put, courses::delete))
        .routes(routes!(courses::summary))
        .routes(routes!(courses::rebuild))
        .routes(routes!(courses::learners::get, courses::learners::put))
        .routes(routes!(courses::learners::merge, courses::learners::unmerge))
        .routes(routes!(courses::people::get))
        .routes(routes!(courses::mapping::unmapped))
        .routes(routes!(courses::mapping::map))
        .routes(routes!(courses::learners::unassigned))
        .routes(routes!(courses::learners::statements))
        .routes(routes!(courses::reports::get))
        .routes(routes!(courses::reports::progress))
        .routes(routes!(courses::presence::put, courses::presence::post))
        .routes(routes!(courses::presence::code))
        .routes(routes!(courses::presence::check_in))
        .routes(routes!(courses::certificates::freeze, courses::certificates::list))
        .routes(routes!(courses::certificates::get))
        .routes(routes!(courses::certificates::people))
        .routes(routes!(reactions::list))
        .routes(routes!(reactions::get, reactions::put, reactions::remove))
        .routes(routes!(reactions::dry_run))
}

/// The routes of people: sessions, accounts, roles, the audit log, and what people see of themselves.
fn of_people() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(sessions::get, sessions::end))
        .routes(routes!(sessions::create, sessions::list))
        .routes(routes!(sessions::revoke))
        .routes(routes!(account::password))
        .routes(routes!(account::new_factor, account::factor_on, account::factor_off))
        .routes(routes!(setup::state, setup::set_up))
        .routes(routes!(setup::accept))
        .routes(routes!(setup::ways))
        .routes(routes!(oidc::start))
        .routes(routes!(oidc::callback))
        .routes(routes!(people::list, people::create))
        .routes(routes!(people::get, people::change, people::remove))
        .routes(routes!(people::invite))
        .routes(routes!(people::roles))
        .routes(routes!(audit::list))
        .routes(routes!(audit::verify))
        .routes(routes!(erasures::create, erasures::list))
        .routes(routes!(erasures::get))
        .routes(routes!(retention::get, retention::put))
        .routes(routes!(retention::dry_run))
        .routes(routes!(dossiers::create))
        .routes(routes!(statements::list))
        .routes(routes!(my::courses))
        .routes(routes!(my::statements))
        .routes(routes!(my::export))
}

/// The routes of pipes to other stores and from there.
fn of_pipes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(pipes::list, pipes::create))
        .routes(routes!(pipes::get, pipes::put, pipes::delete))
        .routes(routes!(pipes::test))
        .routes(routes!(pipes::pause))
        .routes(routes!(pipes::resume))
        .routes(routes!(pipes::replay))
        .routes(routes!(pipes::rotate))
        .routes(routes!(pipes::erasures::list))
        .routes(routes!(pipes::erasures::again, pipes::erasures::done))
        .routes(routes!(pipes::letters::list))
        .routes(routes!(pipes::letters::retry, pipes::letters::remove))
}

/// All routes of Traccia's own API.
pub(super) fn own_routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .merge(of_courses())
        .merge(of_people())
        .merge(of_pipes())
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(monitoring::metrics))
        .routes(routes!(whoami::get))
        .routes(routes!(keys::create, keys::list))
        .routes(routes!(keys::bundles::list))
        .routes(routes!(keys::revoke))
        .routes(routes!(keys::rotate))
        .routes(routes!(system::get))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::remove))
        .routes(routes!(refusals::list))
        .routes(routes!(refusals::get))
        .routes(routes!(refusals::test))
        .routes(routes!(check::check))
        .routes(routes!(live::get))
        .routes(routes!(packages::check))
        .routes(routes!(packages::ticket))
        .routes(routes!(packages::shim::shim))
        .routes(routes!(packages::hosted::import, packages::hosted::list))
        .routes(routes!(packages::hosted::get, packages::hosted::choose, packages::hosted::remove))
        .routes(routes!(packages::launches::create, packages::launches::list))
        .routes(routes!(packages::launches::revoke))
        .routes(routes!(data::manifest))
        .routes(routes!(data::manifest_file))
        .routes(routes!(data::table))
        .routes(routes!(data::files::get))
        .routes(routes!(aggregate::get, aggregate::post))
        .routes(routes!(aggregate::result))
        .routes(routes!(odata::service))
        .routes(routes!(odata::metadata))
        .routes(routes!(odata::rows))
        .routes(routes!(check_in::page, check_in::take))
        .routes(routes!(home::page))
        .routes(routes!(home::about))
        .routes(routes!(home::problems))
        .routes(routes!(home::schema))
}

fn linger(request: Request) -> Request {
    request.map(|body| Body::new(Lingering::new(body)))
}

/// The UI's addresses are not in the table: what it shows there is its own affair.
async fn web_or_nowhere(
    State(server): State<Server>,
    method: Method,
    uri: OriginalUri,
    headers: HeaderMap,
) -> Response {
    match web::answer(server.web, &server.seen_outside(), &method, uri.path(), &headers) {
        Some(response) => response,
        None => nowhere(uri).await.into_response(),
    }
}

async fn nowhere(OriginalUri(uri): OriginalUri) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-resource",
        format!("There is nothing at {}.", uri.path()),
        "The xAPI resources are under /xapi, Traccia's own API under /api/v1: see \
         /api/openapi.json.",
    )
}

async fn not_so(request: Request) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        format!("{} is not done here.", request.method()),
        "The Allow header names the methods of this resource.",
    )
}
