//! The dbt project of docs/data, built over an export by dbt itself.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::plant::UNTIL;
use crate::{done, export, picked, planted, python, root, rows};

/// What became of the nodes of the project over the export in `home`, and the rows of its models.
fn built(home: &TempDir) -> Option<Value> {
    let work = TempDir::new().unwrap();
    let dataset = format!("{}/", home.path().join("out").display());
    let [project, work] = [root().join("docs/data/dbt"), work.path().to_owned()]
        .map(|path| path.display().to_string());
    python("by_dbt.py", &[&project, &dataset, &work])
}

#[tokio::test]
async fn dbt_builds_every_model_and_its_answers_are_those_of_the_questions() {
    let home = TempDir::new().unwrap();
    planted(home.path()).await;
    done(&export(home.path(), "all", &["--until", UNTIL]));
    let Some(built) = built(&home) else { return };
    assert_eq!(built["code"], 0, "{built}");
    let nodes = built["nodes"].as_object().unwrap();
    let models = std::fs::read_dir(root().join("docs/data/dbt/models")).unwrap();
    let names = models.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for name in names.filter_map(|name| name.strip_suffix(".sql").map(str::to_owned)) {
        assert_eq!(nodes[&name], "success", "{built}");
    }
    assert!(nodes.values().filter(|status| **status == "pass").count() >= 9, "{built}");
    let manifest = crate::manifest(home.path());
    assert_eq!(built["statements"], json!([[rows(&manifest, "statements")]]));
    // Two statements are voided, and two void them; of those that stand and were said twice, one is a fact.
    let valid = rows(&manifest, "statements") - 4;
    assert_eq!((&built["valid"], &built["facts"]), (&json!([[valid]]), &json!([[valid - 4]])));
    let Some(by_sql) = crate::asked(home.path()) else { return };
    let mut drop_off = picked(&by_sql["1"], &["object", "starts", "ends"]);
    drop_off.sort_by_key(|row| row[0].to_string());
    let of_dbt = built["drop_off"].as_array().unwrap().iter();
    let of_dbt: Vec<Value> = of_dbt.map(|row| json!([row[0], row[2], row[3]])).collect();
    assert_eq!(of_dbt, drop_off);
    let regions = built["active_learners"].as_array().unwrap().iter().map(|row| row[1].clone());
    assert_eq!(regions.collect::<Vec<_>>(), ["Lazio", "Umbria"], "Molise has two learners");
}

/// What the tests of the project are for: tables of two exports beside one another are told.
#[tokio::test]
async fn dbt_tells_tables_that_are_not_of_one_export() {
    let home = TempDir::new().unwrap();
    planted(home.path()).await;
    done(&export(home.path(), "all", &["--until", "2025-01-07"]));
    let of_a_day = crate::manifest(home.path())["tables"]["verbs"]["files"].clone();
    done(&export(home.path(), "all", &["--until", UNTIL]));
    let mut mixed = crate::manifest(home.path());
    mixed["tables"]["verbs"]["files"] = of_a_day;
    std::fs::write(home.path().join("out/manifest.json"), mixed.to_string()).unwrap();
    let Some(built) = built(&home) else { return };
    assert_ne!(built["code"], 0, "{built}");
    assert_eq!(built["nodes"]["every_verb_is_listed"], "fail", "{built}");
}
