//! Organisational domains: which names belong to one owner (RFC 7489, 3.2), by a short heuristic instead of the public
//! suffix list. Where it errs it takes a name for a suffix, which makes two domains strangers, never kin.

/// Second-level labels under which a country registers its organisations.
const SECOND_LEVEL: [&str; 24] = [
    "co", "com", "org", "net", "gov", "gob", "gouv", "edu", "ac", "mil", "or", "ne", "go", "gv", "info", "biz", "ltd",
    "plc", "sch", "nom", "asso", "nhs", "me", "govt",
];
/// Names below which strangers live side by side.
const SHARED: [&str; 18] = [
    "github.io",
    "gitlab.io",
    "herokuapp.com",
    "netlify.app",
    "vercel.app",
    "pages.dev",
    "workers.dev",
    "azurewebsites.net",
    "cloudfront.net",
    "amazonaws.com",
    "appspot.com",
    "web.app",
    "firebaseapp.com",
    "onmicrosoft.com",
    "wixsite.com",
    "altervista.org",
    "blogspot.com",
    "myshopify.com",
];
/// Italian provinces and regions register municipalities below their name (comune.parma.it).
const ITALIAN_PLACES: &str = " abruzzo basilicata calabria campania emilia-romagna emiliaromagna friuli-venezia-giulia lazio liguria lombardia lombardy marche molise \
    piemonte piedmont puglia sardegna sardinia sicilia sicily toscana tuscany trentino trentino-alto-adige umbria valle-d-aosta veneto agrigento \
    alessandria ancona aosta arezzo ascoli-piceno asti avellino bari barletta belluno benevento bergamo biella bologna bolzano brescia brindisi \
    cagliari caltanissetta campobasso caserta catania catanzaro chieti como cosenza cremona crotone cuneo enna fermo ferrara firenze florence \
    foggia forli frosinone genova genoa gorizia grosseto imperia isernia laquila latina lecce lecco livorno lodi lucca macerata mantova massa \
    matera messina milano milan modena monza napoli naples novara nuoro oristano padova palermo parma pavia perugia pesaro pescara piacenza \
    pisa pistoia pordenone potenza prato ragusa ravenna reggio-calabria reggio-emilia reggiocalabria reggioemilia rieti rimini roma rome rovigo \
    salerno sassari savona siena siracusa sondrio taranto teramo terni torino turin trapani trento treviso trieste udine urbino varese venezia \
    venice verbania vercelli verona vibo-valentia vicenza viterbo edu gov ";

/// The part of a domain that its owner registered.
pub(super) fn organisational(domain: &str) -> String {
    let domain = domain.trim_end_matches('.').to_lowercase();
    let labels: Vec<&str> = domain.split('.').collect();
    let Some((rest, [second, last])) = labels.split_last_chunk::<2>() else { return domain };
    let suffix = format!("{second}.{last}");
    let shared = SHARED.contains(&suffix.as_str())
        || (last.len() == 2 && SECOND_LEVEL.contains(second))
        || (*last == "it" && (second.len() == 2 || ITALIAN_PLACES.contains(&format!(" {second} "))));
    match rest.last() {
        Some(third) if shared => format!("{third}.{suffix}"),
        _ => suffix,
    }
}

/// Do two domains belong to one owner (relaxed alignment)?
pub(super) fn aligned(one: &str, other: &str) -> bool {
    !one.is_empty() && !other.is_empty() && organisational(one) == organisational(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners() {
        assert!(aligned("mail.ferri.example", "ferri.example"));
        assert!(aligned("a.shop.co.uk", "shop.co.uk"));
        assert!(!aligned("shop.co.uk", "evil.co.uk"));
        assert!(!aligned("comune.parma.it", "evil.parma.it"));
        assert!(!aligned("a.pr.it", "b.pr.it"));
        assert!(!aligned("one.onmicrosoft.com", "two.onmicrosoft.com"));
        assert!(!aligned("", ""));
        assert_eq!(organisational("it"), "it");
    }
}
