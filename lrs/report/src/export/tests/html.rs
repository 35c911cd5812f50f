use super::super::Format;
use super::{Language, nobody, sample, written};

/// What stands between the tags `<main>`.
fn main_of(page: &str) -> &str {
    page.split("<main>").nth(1).unwrap().split("</main>").next().unwrap()
}

#[test]
fn html_is_one_page_with_escaped_text_and_boxes_to_sign_in() {
    let page = written(&sample(), Format::Html, Language::It);
    let expected = r#"<h1>Registro delle ore</h1><dl><dt>Corso</dt><dd>Transizione digitale &amp; &lt;PA&gt; (prog-2796)</dd><dt>Situazione</dt><dd>alla fine del 04/05/2026</dd><dt>Dati fino a</dt><dd>04/05/2026 09:30:12</dd><dt>Fuso orario</dt><dd>Europe/Rome</dd></dl><div class="table" role="region" aria-labelledby="caption" tabindex="0"><table><caption id="caption">Registro delle ore: Transizione digitale &amp; &lt;PA&gt;, alla fine del 04/05/2026</caption><thead><tr><th scope="col">Persona</th><th scope="col">Uffici</th><th scope="col" class="number">Tentativi</th><th scope="col" class="number">Ore</th><th scope="col" class="number">Voto</th><th scope="col" class="number">Avanzamento</th><th scope="col" class="day">Nascita</th><th scope="col" class="day">Ultimo accesso</th><th scope="col">Stato</th><th scope="col">A rischio</th><th scope="col" class="signature">Firma</th></tr></thead><tbody><tr><th scope="row">=Niccolò &quot;Nico&quot; D'Urso; Rossi, Maria</th><td>servizi sociali; anagrafe</td><td class="number">3</td><td class="number">12,50</td><td class="number">-0,7500</td><td class="number">33,3 %</td><td class="day">31/01/1980</td><td class="day">04/05/2026 09:30</td><td>in corso</td><td>sì</td><td class="signature"></td></tr><tr><th scope="row">&lt;b&gt;李四&lt;/b&gt;
[31m</th><td></td><td class="number">&lt;5</td><td class="number">1234,00</td><td class="number"></td><td class="number">&lt;5</td><td class="day"></td><td class="day"></td><td>completato</td><td>no</td><td class="signature"></td></tr></tbody></table></div><section class="notes"><h2>Note</h2><ul><li>Gruppi sotto 5: &lt;5.</li></ul></section>"#;
    assert_eq!(main_of(&page).replace('\u{1b}', ""), expected);
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"it\"><head><meta charset=\"utf-8\">"));
    assert!(
        page.contains("<title>Registro delle ore – Transizione digitale &amp; &lt;PA&gt;</title>")
    );
    for reference in ["<script", "<link", "src=", "http", "@import", "url("] {
        assert!(!page.contains(reference), "{reference} is no part of a page by itself");
    }
    assert!(page.contains("size: A4 landscape"));
}

#[test]
fn html_about_nobody_says_so() {
    let page = written(&nobody(), Format::Html, Language::En);
    assert!(page.contains("<tr><td class=\"none\" colspan=\"11\">No rows</td></tr>"), "{page}");
    assert!(page.contains("<dt>As of</dt><dd>when this was made</dd>"));
    assert!(page.contains("<dt>Data until</dt><dd>no statement yet</dd>"));
    assert!(!page.contains("Notes"));
}
