// Statements on their way to Traccia: a small queue in the browser's storage, sent as forms that need no
// preflight. What cannot be sent waits for the next session; nothing that fails here is noticed outside.

/** The most statements, and the most characters, that wait. */
var MOST = 300, MOST_LENGTH = 300000;
/** The most characters of one request: browsers give 64 KiB to all beacons of a page together. */
var REQUEST = 48000;
/** Milliseconds until what was said is sent; and the longest time until a failure is tried again. */
var SOON = 1500, LATEST = 60000;

function Outbox(settings) {
  this.settings = settings;
  this.name = "traccia " + settings.about.course;
  this.waiting = this.stored();
  this.timer = null;
  this.failures = 0;
  this.busy = false;
  this.handed = {};
}

Outbox.prototype = {
  stored: function () {
    try {
      var read = JSON.parse(window.localStorage.getItem(this.name) || "[]");
      return Object.prototype.toString.call(read) === "[object Array]" ? read : [];
    } catch (error) {
      return [];
    }
  },

  /** Writes what waits. Another tab's statements are kept: each is known by its id. */
  store: function (done) {
    var gone = {}, known = {};
    (done || []).forEach(function (one) { gone[one.id] = true; });
    this.waiting = this.stored().concat(this.waiting).filter(function (one) {
      var is = !gone[one.id] && !known[one.id];
      known[one.id] = true;
      return is;
    });
    while (this.waiting.length > MOST || JSON.stringify(this.waiting).length > MOST_LENGTH) this.waiting.shift();
    try {
      window.localStorage.setItem(this.name, JSON.stringify(this.waiting));
    } catch (error) {
      // Storage that is full or forbidden: the statements wait in memory.
    }
  },

  add: function (statements) {
    if (!statements.length) return;
    this.waiting = this.waiting.concat(statements);
    this.store();
    this.later(SOON);
  },

  later: function (time) {
    var self = this;
    if (this.timer !== null) return;
    this.timer = window.setTimeout(function () {
      self.timer = null;
      self.send(self.batch());
    }, time);
  },

  /** The first statements that fit into one request. */
  batch: function (of) {
    var length = 0, made = [], from = of || this.waiting;
    for (var at = 0; at < from.length && made.length < 50; at += 1) {
      length += encodeURIComponent(JSON.stringify(from[at])).length;
      if (made.length && length > REQUEST) break;
      made.push(from[at]);
    }
    return made;
  },

  form: function (statements) {
    var fields = { Authorization: this.settings.authorization, "X-Experience-API-Version": "1.0.3",
      "Content-Type": "application/json", content: JSON.stringify(statements) };
    return Object.keys(fields).map(function (name) {
      return encodeURIComponent(name) + "=" + encodeURIComponent(fields[name]);
    }).join("&");
  },

  address: function () {
    return this.settings.endpoint + "/statements?method=POST";
  },

  /** Sends and waits for the answer. */
  send: function (statements) {
    var self = this, request;
    if (this.busy || !statements.length) return;
    this.busy = true;
    try {
      request = new window.XMLHttpRequest();
      request.open("POST", this.address(), true);
      request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
      request.timeout = 30000;
      request.onloadend = function () { self.answered(statements, request.status); };
      request.send(this.form(statements));
    } catch (error) {
      this.answered(statements, 0);
    }
  },

  answered: function (statements, status) {
    this.busy = false;
    var isDone = status >= 200 && status < 300;
    // Refused for what they say: sent alone, the others go through.
    var isRefused = status === 400 || status === 409 || status === 413 || status === 403;
    if (isRefused && statements.length > 1) return this.send(statements.slice(0, Math.ceil(statements.length / 2)));
    if (isDone || isRefused) {
      this.failures = 0;
      this.store(statements);
    } else {
      this.failures += 1;
    }
    if (this.waiting.length) this.later(Math.min(SOON * Math.pow(2, this.failures), LATEST));
  },

  /** Hands everything over while the page is being left. It stays in the queue: whether it arrived is not known
   * here, and a statement that arrives twice is one. */
  leave: function () {
    var handed = this.handed, left = this.waiting.filter(function (one) { return !handed[one.id]; });
    while (left.length) {
      var statements = this.batch(left);
      if (!this.beacon(statements)) return;
      statements.forEach(function (one) { handed[one.id] = true; });
      left = left.slice(statements.length);
    }
  },

  beacon: function (statements) {
    var form = this.form(statements), type = "application/x-www-form-urlencoded";
    try {
      if (window.navigator.sendBeacon) {
        return window.navigator.sendBeacon(this.address(), new window.Blob([form], { type: type }));
      }
      var request = new window.XMLHttpRequest();
      request.open("POST", this.address(), false);
      request.setRequestHeader("Content-Type", type);
      request.send(form);
      return true;
    } catch (error) {
      return false;
    }
  }
};
