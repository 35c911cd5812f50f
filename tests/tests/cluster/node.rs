//! A server that is killed and comes back, and the requests that are sent meanwhile.

use std::time::Duration;

use e2e::{Ask, Client, Reply, Setup, Traccia};
use tokio::sync::watch;
use tokio::time::timeout;

/// A client gives up on a server that does not answer for so long.
const PATIENCE: Duration = Duration::from_secs(40);

/// A server, the address of which changes when it is killed and restarted.
pub(crate) struct Node {
    traccia: Traccia,
    address: watch::Sender<Client>,
}

/// Where a node is called on, before a kill and after.
#[derive(Clone)]
pub(crate) struct Door(watch::Receiver<Client>);

impl Node {
    /// Starts a server on this database.
    pub(crate) async fn on(database: &str) -> Self {
        let traccia = Setup::default().store(database).start().await;
        let address = watch::Sender::new(traccia.admin());
        Self { traccia, address }
    }

    pub(crate) fn door(&self) -> Door {
        Door(self.address.subscribe())
    }

    pub(crate) fn traccia(&self) -> &Traccia {
        &self.traccia
    }

    /// Kills it at once and starts it again.
    pub(crate) async fn kill_and_restart(mut self) -> Self {
        self.traccia.kill();
        let traccia = self.traccia.restart().await;
        self.address.send_replace(traccia.admin());
        Self { traccia, address: self.address }
    }
}

impl Door {
    /// Does something with the node as it is. `None` is that the node was killed under it, and is given when
    /// the node is back.
    pub(crate) async fn visit<T, F>(&self, doing: impl FnOnce(Client) -> F) -> Option<T>
    where
        F: Future<Output = Option<T>>,
    {
        let mut node = self.0.clone();
        let client = node.borrow_and_update().clone();
        let done = doing(client).await;
        if done.is_none() {
            node.changed().await.expect("a node that was killed comes back");
        }
        done
    }

    /// Sends one request, as [`Self::visit`] says. A node that is alive answers in time.
    pub(crate) async fn send(&self, ask: impl FnOnce(&Client) -> Ask) -> Option<Reply> {
        let sent = |client: Client| async move {
            timeout(PATIENCE, ask(&client).attempt()).await.expect("an answer in time").ok()
        };
        self.visit(sent).await
    }
}
