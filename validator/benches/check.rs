//! What validation costs beyond reading the JSON: aim, at most as much again.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::{hint::black_box, time::Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;
use validator::{Version, check, check_batch};

const SMALL: &str = include_str!("../tests/corpus/valid/smallest.json");
const FULL: &str = include_str!("../tests/corpus/valid/full.json");

/// As senders send them: without white space.
fn compact(text: &str) -> Vec<u8> {
    serde_json::from_str::<Value>(text).unwrap().to_string().into_bytes()
}

fn statements(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("statement");
    for (name, text) in [("small", compact(SMALL)), ("full", compact(FULL))] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("parse", name), &text, |bencher, text| {
            bencher.iter(|| serde_json::from_slice::<Value>(black_box(text)).unwrap());
        });
        group.bench_with_input(BenchmarkId::new("check", name), &text, |bencher, text| {
            bencher.iter(|| check(black_box(text), Version::V1_0_3).unwrap());
        });
    }
    group.finish();
}

fn batches(criterion: &mut Criterion) {
    let statements: Vec<Value> = (0..100_u128)
        .map(|number| {
            let mut statement: Value = serde_json::from_str(FULL).unwrap();
            statement["id"] = uuid::Uuid::from_u128(number).to_string().into();
            statement
        })
        .collect();
    let body = Value::from(statements).to_string().into_bytes();
    let mut group = criterion.benchmark_group("batch-of-100");
    group.throughput(Throughput::Elements(100));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| serde_json::from_slice::<Value>(black_box(&body)).unwrap());
    });
    group.bench_function("check", |bencher| {
        bencher.iter(|| check_batch(black_box(&body), Version::V1_0_3).unwrap());
    });
    group.finish();
}

/// One figure for the log: (check - parse) / parse, the two taken turn by turn so that a busy
/// machine slows both.
fn ratio(_: &mut Criterion) {
    for (name, text) in [("small", compact(SMALL)), ("full", compact(FULL))] {
        let mut spent = [0.0_f64; 2];
        for _ in 0..200 {
            let start = Instant::now();
            for _ in 0..50 {
                black_box(serde_json::from_slice::<Value>(black_box(&text)).unwrap());
            }
            spent[0] += start.elapsed().as_secs_f64();
            let start = Instant::now();
            for _ in 0..50 {
                black_box(check(black_box(&text), Version::V1_0_3).unwrap());
            }
            spent[1] += start.elapsed().as_secs_f64();
        }
        let ratio = (spent[1] - spent[0]) / spent[0];
        println!("validation of a {name} statement ({} bytes): {ratio:.2} of parsing", text.len());
    }
}

criterion_group!(benches, statements, batches, ratio);
criterion_main!(benches);
