//! A server in the process of the tests: what a scene needs that is not about the process itself.

use std::path::Path;
use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use traccia::app::App;
use traccia::config::Settings;

/// Runs the servers of all scenes: the runtime of a scene ends with the scene, and blocks while the scene computes.
static SERVERS: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
});

/// A server that was started as `traccia serve` starts one, with its settings as they come. Dropping it stops it.
pub(crate) struct InProcess {
    address: String,
    stop: Option<oneshot::Sender<()>>,
}

impl InProcess {
    /// Starts a server on a folder, or on `store` where one is given, with `seed` as its first key.
    pub(crate) async fn start(folder: &Path, store: Option<&str>, seed: String) -> Self {
        let settings = Settings {
            data: folder.to_owned(),
            listen: "127.0.0.1:0".to_owned(),
            store: store.unwrap_or_default().to_owned(),
            // Other stores of a scene are on this machine.
            pipes_private: true,
            ..Settings::default()
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let starting = SERVERS.spawn(async move {
            let app = App::start(&settings).await.expect("a server starts");
            app.seed_key(&seed).await.expect("a seed key");
            let address = format!("http://{}", app.socket());
            tokio::spawn(app.serve(async move { drop(stopped.await) }));
            address
        });
        Self { address: starting.await.expect("a server starts"), stop: Some(stop) }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        // A server that has ended already does not listen to this.
        let _ = self.stop.take().map(|stop| stop.send(()));
    }
}
