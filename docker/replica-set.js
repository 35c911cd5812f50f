// Makes the replica set `rs0`, its administrator, and the user that Traccia's store address names.
// Runs in mongosh on the first node, as often as one likes: what is there stays, but Traccia's
// password becomes what the secret says.

const fs = require('fs');

const secret = name => fs.readFileSync(`/run/secrets/${name}`, 'utf8').trim();
const MEMBERS = ['mongo-1:27017', 'mongo-2:27017', 'mongo-3:27017'];
const HERE = 'mongodb://127.0.0.1:27017/admin?directConnection=true';
const ADMIN = 'admin';
const password = secret('mongo_admin_password');

const address = /^mongodb:\/\/([^:@\/]+):([^@\/]+)@[^\/]+\/([^?]+)/.exec(secret('traccia_store'));
if (!address) {
  throw new Error('traccia_store is not mongodb://USER:PASSWORD@HOSTS/DATABASE?…');
}
const [user, userPassword, database] = address.slice(1).map(decodeURIComponent);


/** The administrator's connection, or null as long as there is no administrator. */
function administrator() {
  try {
    // Not `return as(…)`: mongosh would leave before it fails.
    const connection = connect(HERE.replace('//', `//${ADMIN}:${encodeURIComponent(password)}@`));
    return connection;
  } catch (error) {
    if (error.codeName === 'AuthenticationFailed' || error.code === 18) return null;
    throw error;
  }
}

/** Waits for the election: at most a minute. */
function primary(db) {
  for (let tries = 0; tries < 120; tries += 1) {
    if (db.hello().isWritablePrimary) return;
    sleep(500);
  }
  throw new Error('this node was not elected within a minute');
}

function initiate() {
  const db = connect(HERE);
  if (!db.hello().setName) {
    // The first node is preferred, so that it is the one on which users can be made below.
    const members = MEMBERS.map((host, _id) => ({ _id, host, priority: _id === 0 ? 2 : 1 }));
    db.adminCommand({ replSetInitiate: { _id: 'rs0', members } });
    print('replica set rs0 initiated');
  }
  primary(db);
  db.createUser({ user: ADMIN, pwd: password, roles: ['root'] });
  print(`user ${ADMIN} created`);
}

if (!administrator()) initiate();
// The primary, wherever it is now.
const set = connect(
  `mongodb://${ADMIN}:${encodeURIComponent(password)}@${MEMBERS.join(',')}/admin?replicaSet=rs0`,
);
const roles = [{ role: 'readWrite', db: database }];
if (set.getUser(user)) {
  set.updateUser(user, { pwd: userPassword, roles });
} else {
  set.createUser({ user, pwd: userPassword, roles });
  print(`user ${user} created, for the database ${database}`);
}
