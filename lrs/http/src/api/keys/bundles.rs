//! What keys are made for, in bundles of scopes: `GET /api/v1/keys/bundles`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::problem::keys::invalid;
use access::bundle::{BUNDLES, BoundsNeeded, Bundle};
use access::caller::Caller;
use access::scope::{Right, Scope};

/// The address of this list, which no key can be revoked under.
pub(super) const RESERVED: &str = "bundles";

/// What a key is made for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownBundle {
    /// Its name.
    id: &'static str,
    /// What a key of it may do.
    scopes: Vec<&'static str>,
    /// What its bounds must name: `territory`, `activities`, or null where it needs none.
    #[schema(required)]
    bounds_needed: Option<&'static str>,
}

impl From<&Bundle> for ShownBundle {
    fn from(bundle: &Bundle) -> Self {
        Self {
            id: bundle.id,
            scopes: bundle.scopes.iter().copied().map(Scope::as_str).collect(),
            bounds_needed: match bundle.needs {
                BoundsNeeded::Nothing => None,
                BoundsNeeded::Territory => Some("territory"),
                BoundsNeeded::Activities => Some("activities"),
            },
        }
    }
}

/// What keys are made for: each with the scopes that POST /api/v1/keys gives a key of this `bundle`.
#[utoipa::path(get, path = "/api/v1/keys/bundles", tag = "keys", security(("key" = [])),
    responses((status = 200, body = Vec<ShownBundle>), (status = 403, body = Problem)))]
pub async fn list(caller: Caller) -> Result<Json<Vec<ShownBundle>>, Problem> {
    caller.may(Right::Manage)?;
    Ok(Json(BUNDLES.iter().map(ShownBundle::from).collect()))
}

/// The scopes of a bundle.
pub(super) fn scopes(id: &str, beside: &[String], is_bound: bool) -> Result<Vec<String>, Problem> {
    let names = || BUNDLES.iter().map(|bundle| bundle.id).collect::<Vec<_>>().join(", ");
    let bundle = BUNDLES.iter().find(|bundle| bundle.id == id).ok_or_else(|| {
        invalid(format!("There is no bundle `{id}`."), format!("Choose one of {}.", names()))
    })?;
    if !beside.is_empty() {
        return Err(invalid(
            "The key has both a bundle and scopes.",
            "Send the bundle, or the scopes.",
        ));
    }
    let missing = match bundle.needs {
        _ if is_bound => None,
        BoundsNeeded::Nothing => None,
        BoundsNeeded::Territory => Some(r#"{"regions": ["Umbria"]}"#),
        BoundsNeeded::Activities => {
            Some(r#"{"activities": ["https://lms.example.it/mod/scorm/view.php?id=7"]}"#)
        }
    };
    match missing {
        Some(example) => Err(invalid(
            format!("A key of the bundle `{id}` needs bounds."),
            format!("Add bounds, such as {example}."),
        )),
        None => Ok(bundle.scopes.iter().map(Scope::to_string).collect()),
    }
}
