//! Schools, kindergartens, universities, courses.

use super::*;

pub(super) const TABLES: &[Spec] = &[
    Spec::new(
        "pupils",
        Ru,
        &[
            ("№ п/п", ROW),
            ("Фамилия ученика|Фамилия", LAST),
            ("Имя ученика|Имя", FIRST),
            ("Отчество ученика|Отчество", PATRONYMIC),
            ("ИИН ученика|ИИН", IIN),
            ("Дата рождения", BORN),
            ("Национальность ученика", ETHNICITY),
            ("Социальный статус семьи", SOCIAL),
            (
                "Серия и номер св-ва о рождении|Свид. о рождении",
                BIRTH_CERTIFICATE,
            ),
            ("ФИО матери|Родитель", LEGAL_REPRESENTATIVE),
            ("Домашний адрес", RESIDENCE),
            ("Почтовый индекс|Индекс", POSTCODE),
            ("Предмет по выбору", DISCIPLINE),
            ("Учебник, год", YEAR),
        ],
    )
    .children(),
    Spec::new(
        "oqushylar",
        Kk,
        &[
            ("Тегі", LAST),
            ("Аты", FIRST),
            ("Әкесінің аты", PATRONYMIC),
            ("Туған күні", BORN),
            ("Туған жері", BIRTH_PLACE),
            ("Азаматтығы", CITIZEN),
            ("Жынысы|Ұл/қыз", SEX),
            ("Туу туралы куәлік №", BIRTH_CERTIFICATE),
            ("Заңды өкілінің аты-жөні|Ата-анасы", LEGAL_REPRESENTATIVE),
            ("Ата-анасының телефоны", PHONE),
            ("Мекенжайы", ADDRESS),
            ("Пән", DISCIPLINE),
            ("Сағат саны", QUANTITY),
        ],
    )
    .children(),
    Spec::new(
        "kindergarten_queue",
        En,
        &[
            ("queue_no|ocheredNo", ORDER),
            ("child_fio|rebenokFio", FULL),
            ("child_iin|iinRebenka", IIN),
            ("child_birth|dataRozhd", BORN),
            ("svid_o_rozhd|birthCertNo", BIRTH_CERTIFICATE),
            ("zakon_predst|legalRep", LEGAL_REPRESENTATIVE),
            ("adres_prop|adresPropiski", REGISTRATION),
            ("rayon|raionProzhivaniya", DISTRICT),
            ("lgota|socStatus", SOCIAL),
            ("soglasie|soglasiePD", CONSENT),
            ("data_zayavki_sad", DATE),
            ("gruppa_kod", CODE),
        ],
    )
    .children(),
    Spec::new(
        "university_students",
        En,
        &[
            ("studentId|student_no", SUBJECT_ID),
            ("studentName", FULL),
            ("citizenship", CITIZEN),
            ("nationality", ETHNICITY),
            ("passportNo|passport_number", PASSPORT),
            ("residencePermitNo", PERMIT),
            ("priorEducation|education", EDUCATION),
            ("studentEmail|eMail", EMAIL),
            ("militaryRegistration|military_id", MILITARY),
            ("hobbies|interests", INTERESTS),
            ("login|username", LOGIN),
            ("initialPassword|temp_password", SECRET),
            ("course", DISCIPLINE),
            ("credits", QUANTITY),
            ("syllabusVersion", VERSION),
        ],
    ),
];
