//! Days and times of a course file.

use jiff::civil::{Date, Time};
use texts::Message;
use toml::Spanned;
use toml::value::Datetime;

use super::FileCheck;
use crate::model::Window;

impl FileCheck<'_> {
    pub(super) fn date(&mut self, date: &Spanned<Datetime>) -> Option<Date> {
        let text = date.get_ref().to_string();
        let is_day = date.get_ref().time.is_none() && date.get_ref().offset.is_none();
        let day = text.parse::<Date>().ok().filter(|_| is_day);
        if day.is_none() {
            self.fault(date.span(), Message::new("course-fault-day").with("text", text));
        }
        day
    }

    pub(super) fn time(&mut self, time: &Spanned<Datetime>) -> Option<Time> {
        let text = time.get_ref().to_string();
        let is_time = time.get_ref().date.is_none();
        let parsed = text.parse::<Time>().ok().filter(|_| is_time);
        if parsed.is_none() {
            self.fault(time.span(), Message::new("course-fault-time-of-day").with("text", text));
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
            let message = Message::new("course-fault-days").with("end", end).with("begin", begin);
            self.fault(place.span(), message);
        }
        window
    }
}
