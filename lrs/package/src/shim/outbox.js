// Statements on their way to Traccia: a small queue in the browser's storage, sent as forms that need no
// preflight. What cannot be sent waits for the next session; nothing that fails here is noticed outside.

/** The most statements, and the most characters, that wait. */
var MOST = 300, MOST_LENGTH = 300000;
/** The most characters of one request: browsers give 64 KiB to all beacons of a page together. */
var REQUEST = 48000;
/** Milliseconds until what was said is sent; and the longest time until a failure is tried again. */
var SOON = 1500, LATEST = 60000;

function encoded(fields) {
  return Object.keys(fields).map(function (name) {
    return encodeURIComponent(name) + "=" + encodeURIComponent(fields[name]);
  }).join("&");
}

function Outbox(settings) {
  this.settings = settings;
  this.name = "traccia " + settings.about.course;
  this.waiting = this.stored();
  this.timer = null;
  this.failures = 0;
  this.busy = false;
  this.handed = {};
  this.isOver = false;
  this.ticket = null;
  this.isRenewed = false;
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
    if (!statements.length || this.isOver) return;
    this.waiting = this.waiting.concat(statements);
    this.store();
    if (!this.allowed(statements[0].actor) && !this.busy) this.exchange(statements[0].actor);
    this.later(SOON);
  },

  /** The key is no good: it was revoked, or may not send. Nothing is sent any more, and nothing waits. */
  giveUp: function () {
    var name = this.name;
    this.isOver = true;
    this.waiting = [];
    quietly(function () { window.localStorage.removeItem(name); });
  },

  /** The `Authorization` of statements about this actor, which the key was exchanged for; nothing without. */
  allowed: function (actor) {
    var name = "traccia ticket " + this.settings.about.course, ticket = this.ticket;
    if (!ticket) ticket = this.ticket = quietly(function () { return JSON.parse(window.sessionStorage.getItem(name)); }) || null;
    var isTheirs = ticket && ticket.name === actor.account.name && ticket.homePage === actor.account.homePage;
    if (isTheirs && ticket.isKey) return this.settings.authorization;
    return isTheirs && ticket.until > Date.now() ? ticket.authorization : undefined;
  },

  /** Keeps what statements about this actor are sent with, for the further SCOs of this tab. */
  keep: function (actor, ticket) {
    var name = "traccia ticket " + this.settings.about.course;
    this.ticket = ticket;
    if (ticket) ticket.name = actor.account.name, ticket.homePage = actor.account.homePage;
    quietly(function () {
      if (ticket && !ticket.isKey) window.sessionStorage.setItem(name, JSON.stringify(ticket));
      else window.sessionStorage.removeItem(name);
    });
  },

  /** Exchanges the key for what is good for one learner and some hours. */
  exchange: function (actor) {
    var self = this;
    if (this.busy || this.isOver) return;
    var fields = { Authorization: this.settings.authorization, home_page: actor.account.homePage, name: actor.account.name };
    this.post(this.settings.exchange, encoded(fields), function (status, text) {
      var given = quietly(function () { return JSON.parse(text); });
      // A server that knows no exchange takes the key, and so does one to which the key is not that of a package.
      var isKey = status === 404 || status === 405 || (given && given.rule === "key-no-package");
      if (isKey) {
        self.keep(actor, { isKey: true });
        return self.later(0);
      }
      if (status === 401 || status === 403) return self.giveUp();
      if (status >= 200 && status < 300 && given && given.authorization) {
        self.failures = 0;
        self.keep(actor, { authorization: given.authorization, until: Date.now() + (given.seconds - 60) * 1000 });
        return self.later(0);
      }
      self.failed();
    });
  },

  later: function (time) {
    var self = this;
    if (this.timer !== null || this.isOver) return;
    this.timer = window.setTimeout(function () {
      self.timer = null;
      self.send(self.batch());
    }, time);
  },

  failed: function () {
    this.failures += 1;
    this.later(Math.min(SOON * Math.pow(2, this.failures), LATEST));
  },

  /** The first statements that are about one learner and fit into one request. */
  batch: function (of) {
    var length = 0, made = [], from = of || this.waiting;
    for (var at = 0; at < from.length && made.length < 50; at += 1) {
      if (made.length && from[at].actor.account.name !== made[0].actor.account.name) break;
      length += encodeURIComponent(JSON.stringify(from[at])).length;
      if (made.length && length > REQUEST) break;
      made.push(from[at]);
    }
    return made;
  },

  form: function (statements, authorization) {
    return encoded({ Authorization: authorization, "X-Experience-API-Version": "1.0.3",
      "Content-Type": "application/json", content: JSON.stringify(statements) });
  },

  address: function () {
    return this.settings.endpoint + "/statements?method=POST";
  },

  /** Posts a form and gives status and text of the answer; 0 where there is none. */
  post: function (address, form, then) {
    var self = this, request;
    this.busy = true;
    try {
      request = new window.XMLHttpRequest();
      request.open("POST", address, true);
      request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
      request.timeout = 30000;
      request.onloadend = function () {
        self.busy = false;
        then(request.status, request.responseText);
      };
      request.send(form);
    } catch (error) {
      this.busy = false;
      then(0, "");
    }
  },

  /** Sends and waits for the answer. */
  send: function (statements) {
    var self = this, actor = statements.length && statements[0].actor, authorization = actor && this.allowed(actor);
    if (this.busy || !statements.length) return;
    if (!authorization) return this.exchange(actor);
    this.post(this.address(), this.form(statements, authorization), function (status) { self.answered(statements, status); });
  },

  answered: function (statements, status) {
    var isDone = status >= 200 && status < 300, isKey = this.ticket && this.ticket.isKey;
    if (status === 401) {
      // What the key was exchanged for has ended, or the key itself: one more exchange tells.
      this.keep(statements[0].actor, null);
      if (isKey || this.isRenewed) return this.giveUp();
      this.isRenewed = true;
      return this.exchange(statements[0].actor);
    }
    // Refused for what they say: sent alone, the others go through.
    var isRefused = status === 400 || status === 409 || status === 413 || status === 403;
    if (isRefused && statements.length > 1) return this.send(statements.slice(0, Math.ceil(statements.length / 2)));
    if (!isDone && !isRefused) return this.failed();
    this.failures = 0;
    if (isDone) this.isRenewed = false;
    this.store(statements);
    if (this.waiting.length) this.later(SOON);
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
    // Before the key was exchanged, it is itself what sends the last of a short session.
    var authorization = this.allowed(statements[0].actor) || this.settings.authorization;
    var form = this.form(statements, authorization), type = "application/x-www-form-urlencoded";
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
