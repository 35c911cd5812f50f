//! The routes of handlers, by the method and the path that their `#[utoipa::path]` says.

use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa::openapi::path::{Operation, Paths};
use utoipa_axum::PathItemExt as _;
use utoipa_axum::router::UtoipaMethodRouter;

use super::state::Server;

/// As `utoipa_axum::routes!`, which tests use, but for the descriptions: nothing refers to the code that makes them, so
/// that the linker leaves it out.
macro_rules! routes {
    (@of [$($before:ident)*] $last:ident) => {
        utoipa_axum::paste! { $($before::)* [<__path_ $last>] }
    };
    (@of [$($before:ident)*] $next:ident :: $($rest:tt)+) => {
        $crate::routes::routes!(@of [$($before)* $next] $($rest)+)
    };
    ($($($name:ident)::+),+ $(,)?) => {{
        let routes = $crate::routes::none();
        $(
            let routes = $crate::routes::with::<$crate::routes::routes!(@of [] $($name)::+), _, _>(
                routes,
                &$($name)::+,
            );
        )+
        routes
    }};
}
pub(super) use routes;

/// No route yet.
pub(super) fn none() -> UtoipaMethodRouter<Server> {
    (Vec::new(), Paths::new(), MethodRouter::new())
}

/// `routes` and those that `P` says of `handler`.
pub(super) fn with<P: utoipa::Path, H: Handler<T, Server>, T: 'static>(
    (schemas, mut paths, routes): UtoipaMethodRouter<Server>,
    handler: &H,
) -> UtoipaMethodRouter<Server> {
    let methods = P::methods();
    let routes = methods
        .iter()
        .fold(routes, |routes, method| routes.on(method.to_method_filter(), handler.clone()));
    paths.add_path_operation(P::path(), methods, Operation::new());
    (schemas, paths, routes)
}
