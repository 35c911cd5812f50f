//! Who may do what: every route × method × scope × bound, asked of a running server.
//!
//! The routes come from the route table itself: the OpenAPI document and the xAPI resources, with
//! the methods that each resource says it has. [`rows`] declares for each of them who may use it.
//! A route without a row fails, and so does a row without a route.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

mod may;
mod rows;
mod world;

use rows::{Row, rows};
use world::{Way, Who, World};

/// The routes of the server, each as `METHOD path`.
async fn routes(world: &World) -> BTreeSet<String> {
    let described = world.openapi().await;
    let mut routes = BTreeSet::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        let operations = item.as_object().unwrap().keys().map(|it| it.to_uppercase());
        let operations: BTreeSet<String> = operations.collect();
        assert_eq!(world.methods(path).await, operations, "all methods of {path} are described");
        routes.extend(operations.iter().map(|method| format!("{method} {path}")));
    }
    let xapi = world.xapi_paths.iter().map(|path| format!("/xapi{path}"));
    for path in xapi.chain([http_api::router::DESCRIPTION.to_owned()]) {
        let methods = world.methods(&path).await;
        assert!(!methods.is_empty(), "{path} has methods");
        routes.extend(methods.iter().map(|method| format!("{method} {path}")));
    }
    routes
}

/// How the requests of a row can be sent.
fn ways(row: &Row) -> &'static [Way] {
    if row.route.contains(" /xapi/") { &[Way::Plainly, Way::AsForm] } else { &[Way::Plainly] }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_has_a_row_and_every_row_a_route() {
    let world = World::new().await;
    let declared: BTreeSet<String> = rows().iter().map(|row| row.route.to_owned()).collect();
    let routes = routes(&world).await;
    let missing: Vec<_> = routes.difference(&declared).collect();
    assert!(missing.is_empty(), "declare in rows.rs who may use {missing:?}");
    let gone: Vec<_> = declared.difference(&routes).collect();
    assert!(gone.is_empty(), "no such routes: {gone:?}");
}

/// A route that is added otherwise would be seen by neither table.
#[test]
fn routes_are_added_to_the_tables_alone() {
    let router = include_str!("../../../http/src/router.rs");
    let count = |what: &str| router.matches(what).count();
    assert_eq!((count(".route("), count(".nest("), count(".merge(")), (2, 1, 4));
    assert_eq!(count("_service("), 0, "services are routes too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    let mut cells = 0;
    for row in rows() {
        for who in Who::every() {
            for way in ways(&row) {
                let expected = row.status(&who);
                let ask = row.asked(&world).await;
                let got = world.ask(&ask, &who, *way).await;
                cells += 1;
                if got != expected {
                    let what = format!("{} {}: {got}, not {expected}", row.route, row.what);
                    wrong.push(format!("{who} by {way:?} at {what}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cells} cells:\n{}", wrong.len(), wrong.join("\n"));
    println!("{cells} cells");
}

#[test]
fn every_name_in_the_table_is_somebody() {
    let known: BTreeSet<String> = Who::every().iter().map(ToString::to_string).collect();
    for row in rows() {
        let others = row.others.iter().map(|(who, _)| who);
        for who in row.may.iter().chain(others) {
            assert!(known.contains(*who), "{who} at {}", row.route);
        }
    }
}
