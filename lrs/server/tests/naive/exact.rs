//! Fractions without rounding.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Sub};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exact {
    over: i128,
    under: i128,
}

impl Exact {
    fn new(over: i128, under: i128) -> Self {
        let (mut a, mut b) = (over.abs(), under.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let sign = if under < 0 { -1 } else { 1 };
        Self { over: sign * over / a.max(1), under: sign * under / a.max(1) }
    }

    /// A decimal number as texts write it.
    pub(crate) fn of(text: &str) -> Self {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits: i128 = format!("{whole}{part}").parse().unwrap();
        Self::new(digits, 10_i128.pow(part.len() as u32))
    }

    /// The mean of values by weight.
    pub(crate) fn mean(values: impl Iterator<Item = (Self, Self)>) -> Option<Self> {
        let (mut sum, mut weights) = (Self::default(), Self::default());
        for (value, weight) in values {
            sum = sum + value * weight;
            weights = weights + weight;
        }
        (weights.over != 0).then(|| sum / weights)
    }

    /// To the nearest whole number, halves up.
    pub(crate) fn rounded(self) -> i128 {
        (2 * self.over + self.under).div_euclid(2 * self.under)
    }

    pub(crate) fn float(self) -> f64 {
        self.over as f64 / self.under as f64
    }
}

impl Default for Exact {
    fn default() -> Self {
        Self { over: 0, under: 1 }
    }
}

impl From<i128> for Exact {
    fn from(whole: i128) -> Self {
        Self { over: whole, under: 1 }
    }
}

impl Add for Exact {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.over * other.under + other.over * self.under, self.under * other.under)
    }
}

impl Sub for Exact {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + Self::new(-other.over, other.under)
    }
}

impl Mul for Exact {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(self.over * other.over, self.under * other.under)
    }
}

impl Div for Exact {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        Self::new(self.over * other.under, self.under * other.over)
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.over * other.under).partial_cmp(&(other.over * self.under))
    }
}
