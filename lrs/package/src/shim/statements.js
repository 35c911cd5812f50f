// What a SCO sets, as statements of the xAPI SCORM Profile. Pure: no clock, no network, no LMS.
// Plain ES5, for the browsers that old courses still run in.

var ACTIVITIES = "http://adlnet.gov/expapi/activities/";
var VERBS = "http://adlnet.gov/expapi/verbs/";
var PROFILE = { id: "https://w3id.org/xapi/scorm", definition: { type: ACTIVITIES + "profile" } };
var TYPES = ["true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert",
  "numeric", "other"];
/** Parts of the data model that are lists: which list, the place in it, what of it. */
var LISTED = /^cmi\.(interactions|objectives)\.(\d+)\.(.+)$/;
/** The longest text that a statement quotes, in characters: a response, a comment. */
var LONGEST = 4000;

function number(text) {
  var value = text === undefined || text === "" ? NaN : Number(text);
  return isFinite(value) ? value : undefined;
}

/** `HHHH:MM:SS.SS` of SCORM 1.2, or a duration of SCORM 2004, as ISO 8601; nothing where it is neither. */
function duration(text) {
  var parts = /^(\d{1,4}):(\d{1,2}):(\d{1,2}(?:\.\d{1,2})?)$/.exec(String(text));
  if (parts) return "PT" + Number(parts[1]) + "H" + Number(parts[2]) + "M" + Number(parts[3]) + "S";
  return /^P(?!$)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/.test(String(text)) ? String(text) : undefined;
}

/** A score that the standard takes: scaled from -1 to 1, raw from min to max. Nothing without a figure. */
function score(raw, min, max, scaled, is12) {
  var made = {}, r = number(raw), low = number(min), high = number(max), s = number(scaled);
  if (low !== undefined && high !== undefined && low >= high) low = high = undefined;
  if (r !== undefined && ((low !== undefined && r < low) || (high !== undefined && r > high))) low = high = undefined;
  if (s === undefined && r !== undefined) {
    if (low !== undefined && high !== undefined) s = (r - low) / (high - low);
    else if (is12) s = r / 100;
  }
  if (s !== undefined && s >= -1 && s <= 1) made.scaled = s;
  if (r !== undefined) {
    made.raw = r;
    if (low !== undefined) made.min = low;
    if (high !== undefined) made.max = high;
  }
  return made.scaled === undefined && made.raw === undefined ? undefined : made;
}

/** A response or pattern of SCORM 1.2 in the notation of SCORM 2004, which is that of xAPI. */
function response(type, text, is12) {
  text = String(text).slice(0, LONGEST);
  if (type === "true-false") {
    if (/^(t|true|1)$/i.test(text)) return "true";
    return /^(f|false|0)$/i.test(text) ? "false" : text;
  }
  if (!is12 || text.indexOf("[,]") >= 0) return text;
  var bare = text.replace(/^\{(.*)\}$/, "$1");
  if (type === "choice" || type === "sequencing") return bare.split(",").join("[,]");
  if (type === "matching") {
    return bare.split(",").map(function (pair) { return pair.replace(".", "[.]"); }).join("[,]");
  }
  return text;
}

/** What one session says. `about` is the SCO: course, courseTitle, sco, title; `is12` the version. */
function Session(about, is12, attempt, now) {
  this.about = about;
  this.is12 = is12;
  this.attempt = attempt;
  this.begun = now;
  this.latest = now;
  this.values = {};
  this.interactions = {};
  this.objectives = {};
  this.last = {};
}

Session.prototype = {
  statement: function (verb, now, result, object) {
    var about = this.about;
    var course = { id: about.course, definition: { type: ACTIVITIES + "course", name: { und: about.courseTitle } } };
    var attempt = { id: about.sco + "?attemptId=" + this.attempt, definition: { type: ACTIVITIES + "attempt" } };
    var sco = { objectType: "Activity", id: about.sco,
      definition: { type: ACTIVITIES + "lesson", name: { und: about.title } } };
    var around = { category: [PROFILE], grouping: [course, attempt] };
    if (object === "course") object = { objectType: "Activity", id: course.id, definition: course.definition };
    else if (object) around.parent = [sco];
    // Readers go by time: what begins the session is before all, what ends it after all.
    if (verb === "terminated" || verb === "suspended") now = Math.max(now, this.latest + 1);
    else if (verb !== "initialized" && verb !== "resumed") now = Math.max(now, this.begun + 1);
    this.latest = Math.max(now, this.latest);
    var made = { verb: { id: VERBS + verb, display: { en: verb } }, object: object || sco,
      timestamp: new Date(now).toISOString(),
      context: { registration: this.attempt, contextActivities: around } };
    if (result) made.result = result;
    return made;
  },

  value: function (in12, in2004) {
    return this.values[this.is12 ? in12 : in2004];
  },

  /** What a SetValue that the LMS took says at once; most is said at the next commit. */
  set: function (name, value, now) {
    this.values[name] = value;
    var part = LISTED.exec(name);
    if (part) {
      var list = this[part[1]], one = list[part[2]] = list[part[2]] || {};
      one[part[3]] = value;
      one.changed = now;
      return [];
    }
    if (this.isReview) return [];
    if (name === "cmi.comments" || /^cmi\.comments_from_learner\.\d+\.comment$/.test(name)) {
      return [this.statement("commented", now, { response: value.slice(0, LONGEST) })];
    }
    return [];
  },

  /** What an earlier session has reached: part of the result, and not said again. In a review nothing is said but
   * that the learner was there: what is set there counts for nothing. */
  know: function (name, value) {
    var part = LISTED.exec(name), self = this;
    if (part && part[1] === "objectives" && value) {
      var one = this.objectives[part[2]] = this.objectives[part[2]] || {};
      if (one[part[3]] !== undefined) return;
      one[part[3]] = String(value);
      this.objective(one).forEach(function (said) { self.isNews("objective " + part[2] + " " + said.what, said.value); });
      return;
    }
    if (name === "cmi.core.lesson_mode" || name === "cmi.mode") this.isReview = value === "review" || value === "browse";
    var isStatus = name === "cmi.core.lesson_status" || name === "cmi.success_status" || name === "cmi.completion_status";
    if (!isStatus || !value || this.values[name] !== undefined) return;
    this.values[name] = String(value);
    var result = this.result();
    if (result.success !== undefined) this.last.success = JSON.stringify(result.success);
    if (result.completion) this.last.completion = "true";
  },

  /** Whether a thing is other than when it was last said. */
  isNews: function (what, value) {
    var text = JSON.stringify(value);
    if (value === undefined || this.last[what] === text) return false;
    this.last[what] = text;
    return true;
  },

  /** Each thing that is other than when it was last said. */
  commit: function (now) {
    var made = [], self = this;
    if (this.isReview) return made;
    function changed(what, value) {
      return self.isNews(what, value);
    }
    Object.keys(this.interactions).forEach(function (index) {
      var one = self.interactions[index], said = self.interaction(one);
      if (said && changed("interaction " + index, said)) {
        made.push(self.statement("responded", one.changed, said.result, said.object));
      }
    });
    Object.keys(this.objectives).forEach(function (index) {
      var one = self.objectives[index];
      self.objective(one).forEach(function (said) {
        if (!one.id || !changed("objective " + index + " " + said.what, said.value)) return;
        made.push(self.statement(said.verb, one.changed || now, said.result, self.objectiveOf(one)));
      });
    });
    var measure = number(this.values["cmi.progress_measure"]);
    if (measure >= 0 && measure <= 1 && changed("progress", measure)) {
      made.push(this.statement("progressed", now, { score: { scaled: measure } }));
    }
    var points = this.score();
    if (changed("score", points)) made.push(this.statement("scored", now, { score: points }));
    var result = this.result();
    if (result.success !== undefined && changed("success", result.success)) {
      made.push(this.statement(result.success ? "passed" : "failed", now, result));
    }
    var says = this.is12 ? result.completion && result.success === undefined : result.completion;
    if (says && changed("completion", true)) made.push(this.statement("completed", now, result));
    return made;
  },

  /** How the session ends: what it had not said, and the last word. */
  end: function (now) {
    var made = this.commit(now), result = this.isReview ? {} : this.result();
    result.duration = duration(this.value("cmi.core.session_time", "cmi.session_time")) ||
      "PT" + Math.max(0, Math.round((now - this.begun) / 1000)) + "S";
    var verb = this.value("cmi.core.exit", "cmi.exit") === "suspend" ? "suspended" : "terminated";
    made.push(this.statement(verb, now, result));
    return made;
  },

  score: function () {
    var base = this.is12 ? "cmi.core.score." : "cmi.score.", values = this.values;
    return score(values[base + "raw"], values[base + "min"], values[base + "max"], values[base + "scaled"], this.is12);
  },

  result: function () {
    var made = {}, status = this.values["cmi.core.lesson_status"], points = this.score();
    if (this.is12) {
      if (status === "passed" || status === "failed") made.success = status === "passed";
      if (/^(passed|failed|completed)$/.test(status)) made.completion = true;
      if (status === "incomplete") made.completion = false;
    } else {
      var success = this.values["cmi.success_status"], done = this.values["cmi.completion_status"];
      if (success === "passed" || success === "failed") made.success = success === "passed";
      if (done === "completed" || done === "incomplete") made.completion = done === "completed";
    }
    if (points) made.score = points;
    return made;
  },

  /** What an objective says: each with its verb, and the value by which it is news. */
  objective: function (one) {
    var says = [], points = score(one["score.raw"], one["score.min"], one["score.max"], one["score.scaled"], this.is12);
    var success = this.is12 ? one.status : one.success_status, done = this.is12 ? one.status : one.completion_status;
    var measure = number(one.progress_measure), result = {};
    function say(verb, what, value, result) {
      says.push({ verb: verb, what: what, value: value, result: result });
    }
    if (measure >= 0 && measure <= 1) say("progressed", "progress", measure, { score: { scaled: measure } });
    if (points) say("scored", "score", points, { score: points });
    if (success === "passed" || success === "failed") {
      result.success = success === "passed";
      if (points) result.score = points;
      say(success, "success", success, result);
    }
    if (done === "completed") say("completed", "completion", done, { completion: true });
    return says;
  },

  objectiveOf: function (one) {
    var made = { type: ACTIVITIES + "objective" };
    if (one.description) made.description = { und: one.description };
    return { objectType: "Activity", id: this.about.sco + "/objectives/" + encodeURIComponent(one.id), definition: made };
  },

  interaction: function (one) {
    var is12 = this.is12, said = one[is12 ? "student_response" : "learner_response"];
    if (!one.id || (said === undefined && one.result === undefined)) return null;
    var definition = { type: ACTIVITIES + "cmi.interaction" }, result = {};
    if (TYPES.indexOf(one.type) >= 0) definition.interactionType = one.type;
    if (one.description) definition.description = { und: one.description };
    var patterns = Object.keys(one).filter(function (name) { return /^correct_responses\.\d+\.pattern$/.test(name); });
    if (patterns.length && definition.interactionType) {
      definition.correctResponsesPattern = patterns.map(function (name) { return response(one.type, one[name], is12); });
    }
    if (said !== undefined) result.response = response(one.type, said, is12);
    if (one.result === "correct") result.success = true;
    if (one.result === "wrong" || one.result === "incorrect") result.success = false;
    if (number(one.result) !== undefined) result.score = { raw: number(one.result) };
    var took = duration(one.latency);
    if (took) result.duration = took;
    var id = this.about.sco + "/interactions/" + encodeURIComponent(one.id);
    return { result: result, object: { objectType: "Activity", id: id, definition: definition } };
  }
};
