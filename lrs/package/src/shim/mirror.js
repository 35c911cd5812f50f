// The API that the content finds: every call goes to the API of the LMS as it is, and its answer back as it is.
// What was said is then told to Traccia; nothing that goes wrong there reaches the content or the LMS.

var NAMES = {
  API: { is12: true, begin: "LMSInitialize", end: "LMSFinish", get: "LMSGetValue", set: "LMSSetValue",
    commit: "LMSCommit", more: ["LMSGetLastError", "LMSGetErrorString", "LMSGetDiagnostic"],
    learner: "cmi.core.student_id", person: "cmi.core.student_name", entry: "cmi.core.entry" },
  API_1484_11: { is12: false, begin: "Initialize", end: "Terminate", get: "GetValue", set: "SetValue",
    commit: "Commit", more: ["GetLastError", "GetErrorString", "GetDiagnostic"],
    learner: "cmi.learner_id", person: "cmi.learner_name", entry: "cmi.entry" }
};
/** How far the API is looked for, as content does (SCORM 2004 RTE 3.3). */
var FARTHEST = 500;
/** Milliseconds after the beginning until the LMS is asked who is learning, where the content has not. */
var PATIENCE = 1000;

function uuid() {
  var bytes = new Array(16), at;
  if (window.crypto && window.crypto.getRandomValues) bytes = window.crypto.getRandomValues(new window.Uint8Array(16));
  else for (at = 0; at < 16; at += 1) bytes[at] = Math.floor(Math.random() * 256);
  var text = "";
  for (at = 0; at < 16; at += 1) {
    var byte = at === 6 ? (bytes[at] & 15) | 64 : at === 8 ? (bytes[at] & 63) | 128 : bytes[at];
    text += (at === 4 || at === 6 || at === 8 || at === 10 ? "-" : "") + (byte + 256).toString(16).slice(1);
  }
  return text;
}

/** Runs what the LMS and the content must never notice. */
function quietly(what) {
  try {
    return what();
  } catch (error) {
    return undefined;
  }
}

function find(name) {
  function above(from) {
    for (var n = 0; from.parent && from.parent !== from && n < FARTHEST; n += 1) {
      from = from.parent;
      if (from[name]) return from[name];
    }
    return null;
  }
  function beyond(opener) {
    return opener && (opener[name] || above(opener));
  }
  return quietly(function () { return above(window); }) || quietly(function () { return beyond(window.opener); }) ||
    quietly(function () { return beyond(window.top.opener); }) || null;
}

function Mirror(settings, outbox) {
  this.settings = settings;
  this.outbox = outbox;
  this.session = null;
  this.held = [];
  this.isLeaving = false;
  this.isPatient = false;
  this.settled = false;
  this.known = {};
}

Mirror.prototype = {
  /** The object that stands for the LMS's API of this name; nothing where the LMS has none, as without this. */
  standIn: function (name) {
    var lms = find(name), known = this.known[name];
    if (!lms) return undefined;
    if (known && known.lms === lms) return known.api;
    var names = NAMES[name], self = this, api = quietly(function () { return Object.create(lms); }) || {};
    [names.begin, names.end, names.get, names.set, names.commit].concat(names.more).forEach(function (method) {
      if (typeof lms[method] === "undefined") return;
      api[method] = function () {
        var given = arguments;
        if (method === names.end) quietly(function () { self.ask(); });
        var answer = Function.prototype.apply.call(lms[method], lms, given);
        quietly(function () { self.heard(names, lms, method, given, answer); });
        return answer;
      };
    });
    this.known[name] = { lms: lms, api: api };
    return api;
  },

  heard: function (names, lms, method, given, answer) {
    var isTrue = answer === true || String(answer) === "true", now = Date.now(), session = this.session;
    if (method === names.begin && isTrue && !session) return this.begin(names, lms, now);
    if (!session || session.names !== names) return;
    if (method === names.get) this.read(String(given[0]), answer);
    if (method === names.set && isTrue) this.say(session.set(String(given[0]), String(given[1]), now));
    if (method === names.commit) {
      this.say(session.commit(now));
      this.whole(now);
    }
    if (method === names.end && isTrue) {
      this.settle();
      this.say(session.commit(now));
      this.whole(now);
      this.say(session.end(now));
      this.session = null;
      this.outbox.leave();
    }
  },

  begin: function (names, lms, now) {
    var self = this;
    this.session = new Session(this.settings.about, names.is12, uuid(), now);
    this.session.names = names;
    this.session.lms = lms;
    this.entry = undefined;
    this.learner = undefined;
    this.person = undefined;
    this.settled = false;
    this.isPatient = true;
    this.held = [];
    window.setTimeout(function () {
      quietly(function () {
        self.isPatient = false;
        self.ask();
        self.settle();
      });
    }, PATIENCE);
  },

  /** What the LMS answered to the content. */
  read: function (name, answer) {
    var names = this.session.names;
    this.session.know(name, answer);
    if (name === names.learner && answer) this.learner = String(answer);
    if (name === names.person && answer) this.person = String(answer);
    if (name === names.entry && this.entry === undefined) this.entry = String(answer);
  },

  /** Asks the LMS itself for what the content has not asked. Never between a call of the content and its question
   * for the error: those stand in one turn of the browser. */
  ask: function () {
    var session = this.session, names = session && session.names;
    if (!session || this.settled || this.settings.isPassive) return;
    if (this.learner === undefined) this.read(names.learner, session.lms[names.get](names.learner));
    if (this.entry === undefined) this.read(names.entry, session.lms[names.get](names.entry));
  },

  /** Once it is known who is learning, the session begins, and all that waited is sent. */
  settle: function () {
    var session = this.session;
    if (!session || this.settled || this.learner === undefined) return;
    this.settled = true;
    var isAgain = this.entry === "resume", place = "traccia attempt " + session.about.sco + " " + this.learner;
    var before = quietly(function () { return window.localStorage.getItem(place); });
    var fresh = session.attempt;
    if (isAgain && before) session.attempt = before;
    quietly(function () { window.localStorage.setItem(place, session.attempt); });
    var held = this.held.map(function (one) { return JSON.parse(JSON.stringify(one).split(fresh).join(session.attempt)); });
    this.held = [];
    this.say([session.statement(isAgain ? "resumed" : "initialized", session.begun)].concat(held));
    this.whole(Date.now());
  },

  /** Once the learner has completed all SCOs of the package, the package is completed. What was completed is known
   * of this browser alone: nothing of a platform tells a SCO how the others stand. */
  whole: function (now) {
    var session = this.session, scos = this.settings.scos, about = session.about, done = null;
    var isTold = session.last.completion || session.last.success;
    if (!this.settled || session.isReview || !scos.length || !isTold || session.result().completion !== true) return;
    var place = "traccia done " + about.course + " " + this.learner;
    quietly(function () { done = JSON.parse(window.localStorage.getItem(place)); });
    done = done || {};
    if (done[about.sco] && done.said) return;
    done[about.sco] = true;
    var isWhole = !done.said && scos.every(function (sco) { return done[sco]; });
    if (isWhole) done.said = true;
    quietly(function () { window.localStorage.setItem(place, JSON.stringify(done)); });
    if (isWhole) this.say([session.statement("completed", now, { completion: true }, "course")]);
  },

  say: function (statements) {
    var self = this;
    if (!this.settled && !this.isPatient && statements.length) this.settle();
    if (!this.settled) {
      this.held = this.held.concat(statements);
      return;
    }
    var homePage = this.settings.homePage || window.location.protocol + "//" + window.location.host;
    statements.forEach(function (one) {
      one.id = uuid();
      one.actor = { objectType: "Agent", account: { homePage: homePage, name: self.learner } };
      if (self.person) one.actor.name = self.person;
    });
    this.outbox.add(statements);
    if (this.isLeaving) this.outbox.leave();
  }
};

/** Puts the API in the content's way, and the content into the frame. */
function start(settings) {
  var outbox = new Outbox(settings), mirror = new Mirror(settings, outbox);
  Object.keys(NAMES).forEach(function (name) {
    Object.defineProperty(window, name, { configurable: true, get: function () { return mirror.standIn(name); } });
  });
  window.addEventListener("pagehide", function () {
    mirror.isLeaving = true;
    quietly(function () { outbox.leave(); });
  });
  window.addEventListener("load", function () { quietly(function () { if (outbox.waiting.length) outbox.later(0); }); });
  var frame = window.document.getElementById("content");
  function dress() {
    quietly(function () {
      var inside = frame.contentWindow;
      if (inside.document.title) window.document.title = inside.document.title;
      if (window.parent !== window) return;
      // The content was a window of its own: it may close it, and ask who opened it.
      inside.close = function () { window.close(); };
      if (!inside.opener && window.opener) inside.opener = window.opener;
    });
  }
  dress();
  frame.addEventListener("load", dress);
  frame.src = settings.launch + window.location.search + window.location.hash;
}
