//! Days and times of a course file.

use jiff::civil::{Date, Time};
use toml::Spanned;
use toml::value::Datetime;

use super::Check;
use crate::model::Window;

impl Check<'_> {
    pub(super) fn date(&mut self, date: &Spanned<Datetime>) -> Option<Date> {
        let text = date.get_ref().to_string();
        let is_day = date.get_ref().time.is_none() && date.get_ref().offset.is_none();
        let day = text.parse::<Date>().ok().filter(|_| is_day);
        if day.is_none() {
            let message = format!("`{text}` is not a day: write it as 2026-03-05, without quotes");
            self.fault(date.span(), message);
        }
        day
    }

    pub(super) fn time(&mut self, time: &Spanned<Datetime>) -> Option<Time> {
        let text = time.get_ref().to_string();
        let is_time = time.get_ref().date.is_none();
        let parsed = text.parse::<Time>().ok().filter(|_| is_time);
        if parsed.is_none() {
            let message =
                format!("`{text}` is not a time of day: write it as 09:30:00, without quotes");
            self.fault(time.span(), message);
        }
        parsed
    }

    pub(super) fn window(
        &mut self,
        begins: Option<&Spanned<Datetime>>,
        ends: Option<&Spanned<Datetime>>,
    ) -> Window {
        let window = Window {
            begins: begins.and_then(|day| self.date(day)),
            ends: ends.and_then(|day| self.date(day)),
        };
        if let (Some(begin), Some(end), Some(place)) = (window.begins, window.ends, ends)
            && end < begin
        {
            let message = format!("it ends on {end}, before it begins on {begin}: swap the days");
            self.fault(place.span(), message);
        }
        window
    }
}
