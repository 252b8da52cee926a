//! Kinds of columns: devices, traces on a site, secrets; vehicles and land.

use super::cell::{Kind, Shape};
use super::dates::moment;
use super::numbers;
use super::wares;

pub(super) const IP: Kind = Kind::new("ip_address", Shape::Mail, |c| {
    let random = &mut *c.random;
    let head = random.pick(&[
        "2.132", "5.34", "37.99", "46.36", "89.218", "178.88", "95.56",
    ]);
    let ip = format!(
        "{head}.{}.{}",
        random.between(0, 255),
        random.between(1, 254)
    );
    match c.form(6) {
        0 => format!("{ip}:{}", c.random.between(1024, 65_000)),
        1 if c.random.chance(40) => {
            let hex = c.random.string("0123456789abcdef", 16);
            format!(
                "2a03:32c0:{}:{}:{}::{}",
                &hex[..4],
                &hex[4..8],
                &hex[8..12],
                &hex[12..]
            )
        }
        _ => ip,
    }
});
pub(super) const COOKIE: Kind = Kind::fixed("cookies", |c| {
    let (a, b) = (
        c.random.between(100_000_000, 999_999_999),
        c.random.bits() % 10_000_000_000,
    );
    let session = c.random.string("0123456789abcdefghijklmnopqrstuv", 26);
    match c.form(4) {
        0 => format!("_ga=GA1.2.{a}.{b}; PHPSESSID={session}"),
        1 => format!("GA1.1.{a}.{b}"),
        2 => format!("sid={session}; lang=ru; theme=dark"),
        _ => format!("_ym_uid={b}{a}; _fbp=fb.1.{b}"),
    }
});
pub(super) const LOCATION: Kind = Kind::fixed("geolocation", |c| {
    let latitude = f64::from(c.random.between(4_260_000, 5_430_000)) / 100_000.0;
    let longitude = f64::from(c.random.between(5_120_000, 8_260_000)) / 100_000.0;
    match c.form(4) {
        0 => format!("{latitude};{longitude}"),
        1 => format!("POINT({longitude} {latitude})"),
        2 => format!("lat={latitude:.4} lon={longitude:.4}"),
        _ => format!("{latitude}, {longitude}"),
    }
});
pub(super) const OS: Kind = Kind::fixed("os_type_version", |c| {
    wares::OS_LIST.pick(c.random).to_owned()
});
pub(super) const BROWSER: Kind = Kind::fixed("browser_type_version", |c| {
    wares::BROWSERS.pick(c.random).to_owned()
});
pub(super) const USER_AGENT: Kind = Kind::fixed("browser_type_version", |c| {
    c.random.pick(&wares::AGENTS).to_owned()
});
pub(super) const DEVICE: Kind =
    Kind::fixed("device_type", |c| wares::DEVICES.pick(c.random).to_owned());
pub(super) const SCREEN: Kind = Kind::fixed("screen_resolution", |c| {
    let (wide, high) = c.random.pick(&[
        (1920, 1080),
        (390, 844),
        (1366, 768),
        (412, 915),
        (2560, 1440),
        (360, 800),
    ]);
    let sign = ["x", "х", "×", "*"][c.form(4)];
    format!("{wide}{sign}{high}")
});
pub(super) const CONFIG: Kind = Kind::fixed("device_config", |c| {
    wares::CONFIGS.pick(c.random).to_owned()
});
pub(super) const IMEI: Kind = Kind::fixed("device_id", |c| numbers::luhn(c.random, "35", 15));
pub(super) const MAC: Kind = Kind::new("device_id", Shape::Mail, |c| {
    let sign = [":", "-", ":"][c.form(3)];
    let hex = c.random.string("0123456789ABCDEF", 12);
    let pairs: Vec<&str> = (0..6).map(|i| &hex[i * 2..i * 2 + 2]).collect();
    pairs.join(sign)
});
pub(super) const SOURCE: Kind = Kind::fixed("traffic_source", |c| {
    wares::SOURCES.pick(c.random).to_owned()
});
pub(super) const UI_LANGUAGE: Kind = Kind::fixed("ui_language", |c| {
    wares::LANGUAGES.pick(c.random).to_owned()
});
pub(super) const ACCESS: Kind = Kind::fixed("access_time", |c| {
    let form = c.form(7);
    moment(c.random, form)
});
pub(super) const PROVIDER: Kind =
    Kind::fixed("isp_domain", |c| wares::PROVIDERS.pick(c.random).to_owned());
pub(super) const ACTIVITY: Kind =
    Kind::fixed("site_activity", |c| wares::PAGES.pick(c.random).to_owned());
pub(super) const SECRET: Kind = Kind::fixed("credentials", |c| {
    const LETTERS: &str = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#%_";
    match c.style % 5 {
        0 => c.random.digits(4),
        1 => format!("$2b$12${}", c.random.string(&LETTERS[..54], 53)),
        2 => format!(
            "eyJhbGciOiJIUzI1NiJ9.{}",
            c.random.string(&LETTERS[..54], 40)
        ),
        3 => format!("{}{}", c.person.first.latin, c.person.birth.year),
        _ => c.random.string(LETTERS, 10),
    }
});

pub(super) const PLATE: Kind = Kind::new("vehicle_plate", Shape::Code, |c| {
    let plate = &c.person.plate;
    let old = plate.starts_with(|c: char| c.is_ascii_uppercase());
    let (a, b, d) = if old {
        (&plate[..1], &plate[1..4], &plate[4..])
    } else {
        (&plate[..3], &plate[3..6], &plate[6..])
    };
    match c.form(6) {
        0 => format!("{a} {b} {d}"),
        1 => plate.to_lowercase(),
        2 => format!("KZ {plate}"),
        3 => format!("{a}{b}-{d}"),
        _ => plate.clone(),
    }
});
pub(super) const VIN: Kind = Kind::new("vin", Shape::Code, |c| numbers::vin(c.random));
pub(super) const CADASTRE: Kind = Kind::fixed("cadastral_number", |c| {
    let random = &mut *c.random;
    let parts = [
        random.between(1, 25).to_string(),
        random.digits(3),
        random.digits(3),
        random.digits(3),
    ];
    match c.form(4) {
        0 => format!("{}:{}", parts.join(":"), c.random.between(1, 40)),
        1 => parts.concat(),
        2 => format!("{}/{}", parts.join("-"), c.random.between(1, 200)),
        _ => parts.join("-"),
    }
});
