//! Addresses, and a storage that answers from a list; the real one is in `tests/data`.

use super::*;

fn of(address: &str, variables: &[(&str, &str)]) -> Result<S3Place, StorageError> {
    let find = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    S3Place::of(address, &find)
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret")];

#[tokio::test]
async fn a_bucket_is_where_the_environment_says() {
    let url = |address: &str, more: &[(&str, &str)]| {
        let place = of(address, &[&KEYS[..], more].concat()).unwrap();
        place.0.bucket.object_url(&place.0.key("f")).to_string()
    };
    let region = ("AWS_REGION", "eu-south-1");
    assert_eq!(url("s3://b", &[region]), "https://b.s3.eu-south-1.amazonaws.com/f");
    assert_eq!(url("s3://b.c/p/q/", &[region]), "https://s3.eu-south-1.amazonaws.com/b.c/p/q/f");
    let own = ("AWS_ENDPOINT_URL", "http://127.0.0.1:9000");
    assert_eq!(url("s3://b/p", &[own]), "http://127.0.0.1:9000/b/p/f");
    for address in ["s3://", "s3:///p", "s3://b/p//q", "s3://b/../q", "b/p"] {
        let error = of(address, &KEYS).err().unwrap().to_string();
        assert!(error.contains("s3://bucket/prefix"), "{error}");
    }
    let error = of("s3://b", &KEYS[..1]).err().unwrap().to_string();
    assert!(error.contains("AWS_SECRET_ACCESS_KEY"), "{error}");
}
