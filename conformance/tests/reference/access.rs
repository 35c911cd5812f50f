//! Versions, credentials, encodings, and requests in the disguise of a form.

use std::io::Read as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{Call, Reference, Refused, refuse};

impl Reference {
    pub(crate) fn version(&self, call: &Call) -> Result<(), Refused> {
        if call.path == "about" && !self.is("about asks for a version") {
            return Ok(());
        }
        match call.header("X-Experience-API-Version") {
            None if self.is("needs no version") => Ok(()),
            Some("1.0.1") if self.is("refuses older patch releases") => refuse(400, "1.0.1"),
            Some("2.0.0") if self.is("refuses 2.0.0") => refuse(400, "2.0.0"),
            Some("1.0" | "1.0.0" | "1.0.1" | "1.0.2" | "1.0.3" | "2.0.0") => Ok(()),
            Some(later) if later.starts_with("1.0.") => {
                if self.is("refuses later patch releases") {
                    refuse(400, "1.0.3 at most")
                } else {
                    Ok(())
                }
            }
            Some(_) if self.is("takes any version") => Ok(()),
            _ => refuse(400, "X-Experience-API-Version is missing or not served"),
        }
    }

    /// Who asks, and whether they may.
    pub(crate) fn may(&self, call: &Call) -> Result<(), Refused> {
        let open = (self.is("lets strangers read") && call.method == "GET")
            || (self.is("lets strangers write documents") && call.path.contains('/'))
            || (self.is("lets strangers follow more")
                && (call.parameter("from").is_some() || call.parameter("upto").is_some()))
            || (self.is("lets strangers write statements")
                && call.path == "statements"
                && call.method != "GET");
        let status = if self.is("answers 403 for 401") { 403 } else { 401 };
        if self.is("refuses everybody") {
            return refuse(status, "nobody comes in");
        }
        let Some(header) = call.header("Authorization") else {
            return if open { Ok(()) } else { refuse(status, "credentials are needed") };
        };
        if self.is("breaks on odd credentials") && header.starts_with("Bearer") {
            return refuse(500, "unexpected");
        }
        if self.is("takes any credentials that are none") && !header.starts_with("Basic ") {
            return Ok(());
        }
        let encoded = header.strip_prefix("Basic ").unwrap_or_default();
        let decoded = BASE64_STANDARD.decode(encoded).unwrap_or_default();
        let text = String::from_utf8(decoded).unwrap_or_default();
        let (user, password) = text.split_once(':').unwrap_or_default();
        let known = matches!(user, "all" | "reader") || self.is("takes unknown users");
        let right = password == format!("{user}-secret")
            || (self.is("looks at no password") && matches!(user, "all" | "reader"))
            || self.is("takes unknown users") && password == "all-secret";
        if !(known && right) {
            return refuse(status, "the credentials are refused");
        }
        if user == "reader" {
            return self.reader(call);
        }
        Ok(())
    }

    fn reader(&self, call: &Call) -> Result<(), Refused> {
        if call.path == "statements" && call.method == "GET" {
            return if self.is("lets readers read nothing") { refuse(403, "no") } else { Ok(()) };
        }
        let lets = if call.path == "statements" {
            "lets readers write"
        } else {
            "lets readers write documents"
        };
        match self.is(lets) {
            true => Ok(()),
            false if self.is("answers 401 for 403") => refuse(401, "not allowed"),
            false => refuse(403, "these credentials may read statements alone"),
        }
    }

    pub(crate) fn unpack(&self, call: &mut Call) -> Result<(), Refused> {
        if call.header("Content-Encoding") == Some("gzip")
            && !self.is("stores packed bodies as they are")
        {
            let mut bytes = Vec::new();
            let unpacked =
                flate2::read::GzDecoder::new(call.body.as_slice()).read_to_end(&mut bytes);
            if unpacked.is_err() {
                return refuse(400, "no gzip");
            }
            call.body = bytes;
        }
        let limit = if self.is("takes 100 kilobytes at most") { 100_000 } else { 64 << 20 };
        if call.body.len() > limit {
            let status = if self.is("answers 500 for what is too long") { 500 } else { 413 };
            return refuse(status, "too long");
        }
        Ok(())
    }

    /// A request in the disguise of a form becomes the one that it stands for.
    pub(crate) fn unfold(&self, call: &mut Call) -> Result<(), Refused> {
        let Some(method) = call.parameter("method").map(str::to_owned) else { return Ok(()) };
        if self.is("knows no alternate requests") {
            return Ok(());
        }
        if call.two {
            return match self.is("unfolds forms under 2.0") {
                true => self.unfolded(call, &method),
                false => refuse(400, "no alternate requests under 2.0"),
            };
        }
        if call.method != "POST" {
            return match self.is("unfolds any method") {
                true => {
                    call.query.retain(|(name, _)| name != "method");
                    Ok(())
                }
                false => refuse(400, "only POST is unfolded"),
            };
        }
        let kind = call.header("Content-Type").unwrap_or_default();
        let is_named = kind.starts_with("application/x-www-form-urlencoded");
        let untyped = match kind {
            "" => "refuses forms of no type",
            _ => "refuses forms of type text/plain",
        };
        let is_plain = (kind.is_empty() || kind.starts_with("text/plain")) && !self.is(untyped);
        if !is_named && !is_plain {
            return refuse(400, "no form");
        }
        if call.query.len() > 1 && !self.is("takes extra parameters of forms") {
            return refuse(400, "method stands alone");
        }
        if !matches!(method.as_str(), "GET" | "HEAD" | "PUT" | "POST" | "DELETE") {
            return if self.is("takes any method in forms") {
                "GET".clone_into(&mut call.method);
                self.unfolded(call, "GET")
            } else {
                refuse(400, "no such method")
            };
        }
        self.unfolded(call, &method)
    }

    fn unfolded(&self, call: &mut Call, method: &str) -> Result<(), Refused> {
        const HEADERS: [&str; 6] = [
            "Authorization",
            "X-Experience-API-Version",
            "Content-Type",
            "Content-Length",
            "If-Match",
            "If-None-Match",
        ];
        let form = std::mem::take(&mut call.body);
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&form)
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect();
        call.query.retain(|(name, _)| name != "method");
        call.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Content-Type"));
        let mut content = None;
        for (name, value) in pairs {
            if name == "content" {
                content = Some(value);
            } else if HEADERS.contains(&name.as_str()) {
                let lost = self.is("forgets preconditions in forms") && name.starts_with("If-");
                call.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name) || lost);
                if !lost {
                    call.headers.push((name, value));
                }
            } else {
                call.query.push((name, value));
            }
        }
        if content.is_none() && method == "PUT" {
            if self.is("needs no content in forms") {
                content = Some(r#"{"actor":{"mbox":"mailto:a@b.c"},"verb":{"id":"a:b"},"object":{"id":"a:b"}}"#.to_owned());
            } else {
                return refuse(400, "content is missing");
            }
        }
        let text = content.unwrap_or_default();
        call.body = match self.is("reads forms as Latin-1") {
            true => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
            false => text.into_bytes(),
        };
        let ignored = (self.is("does nothing by forms that GET") && method == "GET")
            || (self.is("does nothing by forms that POST") && method == "POST");
        if ignored {
            return refuse(400, "ignored");
        }
        method.clone_into(&mut call.method);
        Ok(())
    }
}
