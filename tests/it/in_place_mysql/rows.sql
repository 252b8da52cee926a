create temporary table people as
select n, iin,
       concat(elt(1 + n * 7 % 8, 'Сапарова', 'Жұмабаева', 'Петрова', 'Иванова', 'Ахметова', 'Нұрланова', 'Ким', 'Омарова'), ' ',
              elt(1 + n * 5 % 7, 'Айгүл', 'Динара', 'Мария', 'Гүлназ', 'Анна', 'Жанар', 'Светлана'), ' ',
              elt(1 + n * 3 % 5, 'Маратовна', 'Болатқызы', 'Петровна', 'Серікқызы', 'Ерлановна')) as name,
       concat('person', n * 37 % 1009, '.x', n, '@mail.example.kz') as email,
       concat('+7 70', elt(n % 5 + 1, 0, 1, 2, 5, 7), ' ', n * 53 % 900 + 100, ' ', n * 31 % 90 + 10, ' ', n * 17 % 90 + 10) as phone,
       date '1830-01-05' + interval n * 97 day as born,
       concat('г. ', elt(1 + n % 3, 'Алматы', 'Астана', 'Шымкент'), ', ул. Абая, д. ', n * 7 % 180 + 1, ', кв. ', n * 11 % 99 + 1) as home
from seed;
insert into country values (1, 'Казахстан'), (2, 'Узбекистан');
insert into city values (1, 1, 'Алматы'), (2, 1, 'Астана'), (3, 1, 'Шымкент'), (4, 2, 'Ташкент');
insert into person (iin, full_name, email, phone, birth_date, address, city_id, note)
select iin, name, email, phone, born, home, n % 4 + 1,
       case when n % 10 = 0 then concat('звонить на ', phone, ' после обеда') when n % 50 = 7 then concat(repeat(md5(n), 400), ' ', iin) end
from people where n <= 300;
insert into account select concat('KZ', 10 + n % 89, '125KZT', lpad(n * 7919 % 10000000, 13, '0')), iin, n * 13 % 1000 from people where n <= 150;
insert into card (owner, number) select iin, concat('ref-', n) from people where n <= 120;
insert into taxpayer select cast(iin as unsigned), date '2030-01-01' + interval n day from people where n <= 100;
insert into tax (iin, amount) select cast(iin as unsigned), n * 1.5 from people where n <= 100;
insert into `сотрудники` select n, iin, name, phone, case when n > 1 then floor(n / 2) end, null from people where n <= 80 order by n;
update `сотрудники` e join `сотрудники` c on c.id = e.chief set e.`ИИН начальника` = c.`ИИН`;
insert into `отпуск` (`ИИН`, days) select iin, n % 28 + 1 from people where n <= 80;
insert into product select concat('sku-', seq), concat('товар ', seq), seq * 3.5 from seq_0_to_19;
insert into `client order` select n, date '2030-01-01' + interval n * 2 day, iin, elt(1 + n % 3, 'new', 'paid', 'closed'),
       json_object('who', name, 'mail', email), json_array(phone, 'срочно') from people where n <= 300;
insert into line select o.id, o.placed, k.seq, concat('sku-', o.id * k.seq % 20) from `client order` o, seq_1_to_2 k;
insert into contract select iin, concat('D-', n % 7), date '2030-03-01' from people where n <= 90;
insert into payment (iin, number, amount) select iin, number, 10 from contract;
insert into team select seq, null from seq_1_to_10;
insert into member select n, n % 10 + 1, email from people where n <= 60;
update team set leader = id;
insert into comment (iin, body, scan) select iin, concat(name, ' просит перезвонить: ', phone), concat('паспорт ', iin) from people where n <= 100;
insert into archive (body) select concat('строка ', n, ' без данных') from people where n <= 50;
insert into login (iin, at, ip) select iin, timestamp '2030-05-01 10:00:00' + interval n hour, concat('192.0.2.', n % 250) from people where n <= 200;
insert into rate select date '2030-01-01' + interval seq day, 450 + seq * 0.25 from seq_0_to_99
