//! A scoring mart of three hundred columns.

use super::*;

const ABOUT_CLIENT: &[(&str, Kind)] = &[
    ("client_key", SUBJECT_ID),
    ("cl_last_name", LAST),
    ("cl_first_name", FIRST),
    ("cl_middle_name", PATRONYMIC),
    ("cl_maiden_name", MAIDEN),
    ("cl_birth_dt", BORN),
    ("cl_birth_place", BIRTH_PLACE),
    ("cl_age", AGE),
    ("cl_gender", SEX),
    ("cl_citizenship", CITIZEN),
    ("cl_ethnicity", ETHNICITY),
    ("cl_iin", IIN),
    ("doc_id_card", ID_CARD),
    ("doc_issuer", ISSUER),
    ("doc_issue_dt", ISSUED),
    ("doc_expiry_dt", EXPIRES),
    ("doc_scan_path", DOCUMENT_COPY),
    ("driver_lic_no", LICENCE),
    ("birth_cert_no", BIRTH_CERTIFICATE),
    ("res_permit_no", PERMIT),
    ("phone_mob", PHONE),
    ("phone_home", HOME_PHONE),
    ("phone_work", WORK_PHONE),
    ("mob_operator", OPERATOR),
    ("email_main", EMAIL),
    ("addr_reg", REGISTRATION),
    ("addr_fact", RESIDENCE),
    ("addr_zip", POSTCODE),
    ("addr_city", CITY),
    ("addr_region", REGION),
    ("marital_status", MARITAL),
    ("social_status", SOCIAL),
    ("property_status", PROPERTY),
    ("education_level", EDUCATION),
    ("profession", PROFESSION),
    ("employer_name", WORKPLACE),
    ("job_position", JOB),
    ("military_duty", MILITARY),
    ("disability_group", DISABILITY),
    ("credit_history_txt", CREDIT),
    ("iban_main", IBAN),
    ("bank_main", BANK),
    ("card_pan", CARD),
    ("ewallet_no", WALLET),
    ("ewallet_balance", BALANCE),
    ("login_ib", LOGIN),
    ("last_ip", IP),
    ("last_ua", USER_AGENT),
    ("last_os", OS),
    ("last_device", DEVICE),
    ("last_imei", IMEI),
    ("last_geo", LOCATION),
    ("insta_link", SOCIAL_ID),
    ("car_plate", PLATE),
    ("car_vin", VIN),
    ("land_cadastral_no", CADASTRE),
    ("guarantor_fio", RELATED),
    ("guardian_fio", LEGAL_REPRESENTATIVE),
    ("pd_consent", CONSENT),
    ("death_dt", DEATH_DATE),
];

const TECHNICAL: &[(&str, Kind)] = &[
    ("flag", FLAG),
    ("cnt", QUANTITY),
    ("share", PERCENT),
    ("code", CODE),
    ("ts", MOMENT),
    ("calc_dt", DATE),
    ("segment_sum", TURNOVER),
    ("model_ver", VERSION),
    ("score_pct", PERCENT),
    ("hash", HASH),
    ("ledger", LEDGER),
    ("sku", SKU),
];

pub(super) fn columns() -> Vec<(String, Kind)> {
    let mut columns: Vec<(String, Kind)> = ABOUT_CLIENT
        .iter()
        .map(|&(name, kind)| (name.to_owned(), kind))
        .collect();
    for month in 1..=12 {
        columns.push((format!("salary_{month:02}"), SALARY));
        columns.push((format!("opv_contrib_{month:02}"), PENSION));
    }
    for question in 1..=10 {
        columns.push((format!("survey_q{question}_answer"), ANSWER));
    }
    for (place, &(name, kind)) in TECHNICAL.iter().cycle().enumerate() {
        if columns.len() == 300 {
            break;
        }
        columns.push((format!("{name}_{}", place / TECHNICAL.len() + 1), kind));
    }
    columns
}
