//! What is refused before anything is read or kept.

use serde_json::json;

use super::package::{Player, launch};
use super::{of, with_package};

#[tokio::test]
async fn a_body_is_read_for_a_good_launch_alone() {
    let traccia = with_package(&["I1"]).await;
    let launched = launch(&traccia, "corso", &of("u1")).await;
    // Larger than any commit.
    let large = json!({"cmi": {"suspend_data": "x".repeat(9 << 20)}});
    Player::of(&traccia, &launched).post(&large).await.is(413);
    let unknown = Player::of(&traccia, &json!({"token": "no-such-token"}));
    unknown.post(&large).await.is(404);
}

#[tokio::test]
async fn the_page_of_a_launch_is_not_opened_without_end() {
    let traccia = with_package(&["I1"]).await;
    let launched = launch(&traccia, "corso", &of("u1")).await;
    let player = Player::of(&traccia, &launched);
    let mut is_refused = false;
    for _ in 0..200 {
        is_refused = player.page().await.status == 429;
        if is_refused {
            break;
        }
    }
    assert!(is_refused, "of 200 pages at once none is refused");
    let other = launch(&traccia, "corso", &of("u2")).await;
    Player::of(&traccia, &other).page().await.is(200);
}
