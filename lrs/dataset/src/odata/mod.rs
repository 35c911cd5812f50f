//! The tables as OData 4.0, minimal conformance: what Excel and Power BI read. Texts alone, no I/O.

mod filter;
mod metadata;
#[cfg(test)]
mod tests;

pub use filter::{condition, stored_range};
pub use metadata::{metadata, row_json, service_document};
