//! Words of firms, goods and machines: nothing about persons.

use super::words::{List, Said};

pub(super) static PRODUCTS: Said = Said::new(
    "Рис шлифованный 5 кг;Чай чёрный 250 г;Кабель ВВГнг 3х2,5;Масло моторное 5W-40;Шпатель 100 мм;\
     Бумага А4 SvetoCopy;Картридж HP 85A;Молоко 2,5% 1 л;Шуруп 4х45;Обои «Верона»;Насос ГНОМ 10-10;\
     Куртка зимняя р.48;Печенье «Мария»;Сыр «Айболит»;Торт «Наполеон»;Краска «Алина» белая;\
     Роза эквадорская;\
     Смартфон Galaxy A15;Лампа LED 9W;Цемент М400;Конфеты «Алёнка»;Ванна «Виктория» 170;\
     Фильтр масляный",
    "Күріш 5 кг;Қара шай 250 г;Мотор майы 5W-40;А4 қағазы;Сүт 2,5% 1 л;Қысқы күртеше;Цемент М400;\
     Шам LED 9W;Ұн 1-сұрып 50 кг;Тұз 1 кг;Бояу ақ;Кілем 2х3",
    "Rice 5 kg;Black tea 250 g;Engine oil 5W-40;A4 paper;LED lamp 9W;Winter jacket;HP 85A toner;\
     USB-C cable 1m;Office chair;Oil filter",
);

pub(super) static GROUPS: Said = Said::new(
    "Бакалея;Электрика;Стройматериалы;Канцтовары;Молочная продукция;Одежда;Автозапчасти;\
     Бытовая химия",
    "Азық-түлік;Электр;Құрылыс материалдары;Кеңсе тауарлары;Сүт өнімдері;Киім",
    "Grocery;Electrical;Building;Stationery;Dairy;Apparel;Auto parts",
);

pub(super) static STATUSES: Said = Said::new(
    "Отгружен;В пути;Новый;Отменён;На сборке;Доставлен;Проведён;Черновик;Оплачен частично;\
     К списанию",
    "Жөнелтілді;Жолда;Жаңа;Тоқтатылды;Жеткізілді;Жоба",
    "shipped;in_transit;new;cancelled;delivered;draft;queued;done",
);

pub(super) static DEPOTS: Said = Said::new(
    "Склад № 1;Центральный склад;Цех 3;Магазин «Север»;Точка 14;Филиал Восток;Ангар Б;Резерв",
    "№1 қойма;Орталық қойма;3-цех;«Солтүстік» дүкені;Шығыс филиалы",
    "Main warehouse;Store 14;Hangar B;East branch;WH-02",
);

pub(super) static UNITS: Said = Said::new(
    "шт;кг;уп;м;л;т;компл;пог.м",
    "дана;кг;қап;м;л;т",
    "pcs;kg;box;m;l;t",
);

pub(super) static COLOURS: Said = Said::new(
    "белый;чёрный;серый металлик;синий;красный;бежевый;хаки",
    "ақ;қара;сұр;көк;қызыл",
    "white;black;grey;blue;red",
);

pub(super) static MAKES: List = List::new(
    "Toyota Camry;Lada Granta;Hyundai Accent;КамАЗ 65115;Kia Rio;Chevrolet Cobalt;ГАЗель Next;\
     Volkswagen Polo;Nissan Qashqai;МТЗ-82;Haval Jolion;УАЗ Патриот",
);

pub(super) static PETS: List = List::new(
    "Барсик;Мухтар;Зорька;Рекс;Мурка;Ақтабан;Бурёнка;Рыжик;Пират;Тайфун;Снежок;Ласка;Бек",
);

pub(super) static BREEDS: List = List::new(
    "казахская белоголовая;голштинская;эдильбаевская;тазы;британская короткошёрстная;аулиекольская;\
     симментальская;дворняга;романовская",
);

pub(super) static MONEY: List = List::new("KZT;USD;RUB;EUR;тенге;тг;CNY");

pub(super) static HOSTS: List = List::new(
    "srv-db-01;srv-web-02;mail.corp.local;node14;gw-almaty;sbx-07;kube-worker-3;BUH-PC;PRINT-2;\
     cache01",
);

pub(super) static PATHS: List = List::new(
    "/catalog/electro;/api/v1/stock;/index.php;/static/app.js;/delivery;/sitemap.xml;/price?page=3;\
     https://shop.example.kz/p/4411;https://api.example.kz/v2/items;/healthz",
);

pub(super) static FILES: List = List::new(
    "price_2024.xlsx;invoice_00412.pdf;отчёт_склад.docx;backup.tar.gz;логотип.png;план_закупок.xls;\
     act_sverki.pdf;banner_spring.jpg;manual_v3.pdf;остатки.csv",
);

pub(super) static SUBJECTS: Said = Said::new(
    "Математика;Физика;История Казахстана;Химия;Русский язык;Информатика;Биология;География",
    "Математика;Физика;Қазақстан тарихы;Химия;Қазақ тілі;Информатика;Биология",
    "Mathematics;Physics;History;Chemistry;Biology;English",
);

pub(super) static LAB_ITEMS: Said = Said::new(
    "Шприц 5 мл;Перчатки нитриловые;Бинт 7х14;Спирт 70%;Физраствор 200 мл;Маска медицинская;\
     Тонометр",
    "Шприц 5 мл;Қолғап;Бинт 7х14;Спирт 70%;Маска",
    "Syringe 5 ml;Nitrile gloves;Bandage;Saline 200 ml;Mask",
);

pub(super) static REMARKS: Said = Said::new(
    "брак упаковки;срочно;пересорт;без замечаний;акт не подписан;заменить до конца квартала;\
     аналог по согласованию;хранить в сухом месте;сверено;хрупкое",
    "қаптамасы бүлінген;шұғыл;ескерту жоқ;құрғақ жерде сақтау;салыстырылды",
    "fragile;urgent;ok;damaged box;keep dry;checked;replace by Q4",
);

pub(super) static EVENTS: List = List::new(
    "service started;cache miss;job finished;timeout while reading;disk usage 81%;retry 2 of 5;\
     schema migrated;config reloaded;connection pool exhausted;index rebuilt;queue empty",
);

pub(super) static FIRM_MAILS: List = List::new(
    "info@altyn-dan.kz;sales@steppeagro.kz;office@temir.kz;zakaz@market-kz.kz;\
     support@shop.example.kz;\
     noreply@example.kz;tender@kps.kz",
);

pub(super) static OS_LIST: List = List::new(
    "Android 13;Android 11;iOS 17.4;iOS 16.7.2;Windows 10;Windows 11;Windows 7 SP1;macOS 14.2;\
     Ubuntu 22.04;HarmonyOS 4.0;Android 9 Pie;Linux x86_64;Windows NT 10.0",
);

pub(super) static BROWSERS: List = List::new(
    "Chrome 122.0.6261.94;Safari 17.3;Firefox 115 ESR;YaBrowser 24.1.3;Opera 106;Edge 121;\
     Samsung Internet 23.0;Chrome Mobile 119;UC Browser 13.4;IE 11",
);

pub(super) const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/122.0.0.0",
    "Mozilla/5.0 (iPhone;\
     CPU iPhone OS 17_3 like Mac OS X) Version/17.3 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; SM-A536E) Chrome/119.0.6045.66 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
];

pub(super) static DEVICES: List = List::new(
    "смартфон;планшет;ПК;mobile;desktop;tablet;iPhone 13;SM-A536E;Redmi Note 12;ноутбук;iPad Air;\
     Smart TV;\
     Xiaomi 11T;HUAWEI P30",
);

pub(super) static CONFIGS: List = List::new(
    "8 GB RAM, Snapdragon 680, 128 GB;Core i5-8250U / 16Gb / SSD 256;4 ядра, ОЗУ 6 ГБ, Mali-G57;\
     cores=8 mem=4096 gpu=Adreno 610;ARM64, 3 GB, NFC: yes;i3-7100, 4 ГБ, Intel HD 630;\
     rooted=false, fonts=212, webgl=ANGLE;Apple A15, 6 GB, Face ID",
);

pub(super) static SOURCES: List = List::new(
    "google / organic;instagram;direct;yandex.ru;utm_source=2gis&utm_medium=cpc;\
     https://www.google.kz/;\
     реклама ВК;по рекомендации друга;tiktok / cpc;рассылка;(none);facebook.com;наружная реклама;\
     push",
);

pub(super) static LANGUAGES: List =
    List::new("ru-RU;kk-KZ;en-US;ru;kk;en;ru-RU,kk-KZ;русский;қазақша;uz-UZ;tr");

pub(super) static PROVIDERS: List = List::new(
    "megaline.telecom.kz;dynamic.online.kz;beeline.kz;mobile.kcell.kz;tele2.kz;transtelecom.kz;\
     pppoe-88-204.almatv.kz;kar-tel.kz;ns.astel.kz;client.2day.kz",
);

pub(super) static PAGES: List = List::new(
    "открыл /credit/calc;добавил товар в корзину;search: холодильник;click #btn-apply;\
     просмотр каталога 4 мин;\
     scroll 80%;скачал прайс;page_view /cabinet;ушёл с шага 2 анкеты;add_to_wishlist 4411;\
     video 00:42",
);

pub(super) static OPERATORS: List =
    List::new("Kcell;Beeline;Tele2;Altel;Activ;izi;АО «Кселл»;Билайн;ТЕЛЕ2;Казахтелеком;activ");
