//! All clients at once, each served by itself: with a program or a target of its own.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::sync::Notify;
use tokio::task::LocalSet;
use tokio::time::sleep;

use super::attendance::Attendance;
use super::door;
use super::entrance::{Entrance, Guest};
use super::reception::Reception;
use crate::event::{Error, Observer};
use crate::layer::Recorder;
use crate::plan::Listen;
use crate::relay::Terms;
use crate::sys::limit::{self, Reserve};

/// What the clients have in common.
pub struct Service {
    listen: Listen,
    md5_key: Option<Vec<u8>>,
    /// What passes is written down here.
    pub recorder: Option<Rc<Recorder>>,
    observer: Rc<dyn Observer>,
    failure: RefCell<Option<Error>>,
    failed: Notify,
}

/// Serves until the door or a record fails. Programs end with the run: each is killed with the task
/// that serves its client.
pub async fn serve(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    limit::raise_descriptors();
    Recorder::kept(&listen.session, &*observer, async |recorder| {
        let service = Service::new(listen, md5_key, recorder.clone(), Rc::clone(&observer));
        let entrance = Entrance::open(listen, md5_key, recorder, &*observer).await?;
        let serve = |guest| {
            tokio::task::spawn_local(Rc::clone(&service).receive(guest, entrance.reception()));
        };
        LocalSet::new()
            .run_until(async {
                tokio::select! {
                    error = entrance.welcome(serve, |_| false) => Err(error),
                    error = service.failure() => Err(error),
                }
            })
            .await
    })
    .await
}

/// Waits until there are as many descriptors again.
async fn put_by_again(count: usize) -> Reserve {
    loop {
        sleep(door::PAUSE).await;
        if let Ok(reserve) = Reserve::of(count) {
            return reserve;
        }
    }
}

impl Service {
    /// By the plan, with records that are open.
    pub fn new(
        listen: &Listen,
        md5_key: Option<&[u8]>,
        recorder: Option<Rc<Recorder>>,
        observer: Rc<dyn Observer>,
    ) -> Rc<Self> {
        Rc::new(Self {
            listen: listen.clone(),
            md5_key: md5_key.map(<[u8]>::to_vec),
            recorder,
            observer,
            failure: RefCell::new(None),
            failed: Notify::new(),
        })
    }

    /// Receives one client, and serves it to its end.
    pub async fn receive(self: Rc<Self>, guest: Guest, reception: Rc<Reception>) {
        if let Some(guest) = guest.received(&reception, &*self.observer).await {
            self.serve(guest).await;
        }
    }

    /// Serves one client to its end.
    ///
    /// Descriptors are given back to the moment in which a program takes them. A lookup in another
    /// thread may still take one of them away: then they are waited for anew.
    pub async fn serve(self: Rc<Self>, mut guest: Guest) {
        let observer = &*self.observer;
        let terms =
            Terms { session: &self.listen.session, recorder: self.recorder.clone(), observer };
        let result = match Attendance::open(&self.listen, self.md5_key.as_deref()) {
            Ok(attendance) => {
                let attendance = attendance.recorded(self.recorder.clone());
                let put_by = guest.reserve.len();
                let result = loop {
                    drop(std::mem::take(&mut guest.reserve));
                    match attendance.serve(&guest.link, &terms).await {
                        Err(Error::Program { error, .. })
                            if put_by > 0 && limit::is_reached(&error) =>
                        {
                            guest.reserve = put_by_again(put_by).await;
                        }
                        result => break result,
                    }
                };
                attendance.judge(result, guest.link.peer(), observer)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            self.failure.replace(Some(error));
            self.failed.notify_one();
        }
    }

    /// Comes back where something failed that all have in common.
    pub async fn failure(&self) -> Error {
        loop {
            if let Some(error) = self.failure.take() {
                return error;
            }
            self.failed.notified().await;
        }
    }
}
