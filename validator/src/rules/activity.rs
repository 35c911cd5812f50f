//! The Activities a statement mentions.

use serde_json::Value;

use crate::pointer::Place;

/// Calls back for the object, when it is an Activity, and for every context Activity.
pub(super) fn for_each(
    statement: &Value,
    place: Place<'_>,
    visit: &mut impl FnMut(&Value, Place<'_>),
) {
    if let Some(object) = statement.get("object").filter(|object| is_activity(object)) {
        visit(object, place.key("object"));
    }
    let Some(context) = statement.get("context") else {
        return;
    };
    let Some(kinds) = context.get("contextActivities").and_then(Value::as_object) else {
        return;
    };
    let context_place = place.key("context");
    let kinds_place = context_place.key("contextActivities");
    for (kind, activities) in kinds {
        let place = kinds_place.key(kind);
        match activities {
            Value::Array(activities) => {
                for (index, activity) in activities.iter().enumerate() {
                    visit(activity, place.index(index));
                }
            }
            activity => visit(activity, place),
        }
    }
}

/// An object without `objectType` is an Activity (xAPI 1.0.3 Data 2.4.4.1).
pub(super) fn is_activity(object: &Value) -> bool {
    object.get("objectType").is_none_or(|kind| kind == "Activity")
}
