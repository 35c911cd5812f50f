//! The least a server can do with a POST: read the body and answer.

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use tokio::net::TcpListener;

/// Makes this program be that server.
pub(crate) const ARGUMENT: &str = "empty-handler";

const ANSWER: &str = r#"["00000000-0000-4000-8000-000000000000"]"#;

/// Serves until killed, on threads as Traccia does.
#[tokio::main]
pub(crate) async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("The empty handler listens on http://{}", listener.local_addr()?);
    let answer = async |body: Bytes| {
        std::hint::black_box(body.len());
        ([(CONTENT_TYPE, "application/json")], ANSWER)
    };
    let routes = Router::new().route("/xapi/statements", post(answer));
    axum::serve(listener, routes.layer(DefaultBodyLimit::disable())).await?;
    Ok(())
}
