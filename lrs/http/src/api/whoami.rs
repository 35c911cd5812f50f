//! `GET /whoami`: which key this is and what it may do.

use axum::Json;

use super::keys::ShownKey;
use crate::problem::Problem;
use access::caller::Caller;

/// The key that was shown, without its secret.
#[utoipa::path(get, path = "/whoami", tag = "keys", security(("key" = [])),
    responses((status = 200, body = ShownKey), (status = 401, body = Problem)))]
pub async fn get(caller: Caller) -> Json<ShownKey> {
    Json(ShownKey::new(&caller.key))
}
