create temp table people as
select n, iin,
       (array['Сапарова', 'Жұмабаева', 'Петрова', 'Иванова', 'Ахметова', 'Нұрланова', 'Ким', 'Омарова'])[1 + n * 7 % 8] || ' ' ||
       (array['Айгүл', 'Динара', 'Мария', 'Гүлназ', 'Анна', 'Жанар', 'Светлана'])[1 + n * 5 % 7] || ' ' ||
       (array['Маратовна', 'Болатқызы', 'Петровна', 'Серікқызы', 'Ерлановна'])[1 + n * 3 % 5] as name,
       format('person%s.x%s@mail.example.kz', n * 37 % 1009, n) as email,
       format('+7 70%s %s %s %s', (array[0, 1, 2, 5, 7])[n % 5 + 1], n * 53 % 900 + 100, n * 31 % 90 + 10, n * 17 % 90 + 10) as phone,
       date '1830-01-05' + n * 97 as born,
       format('г. %s, ул. Абая, д. %s, кв. %s', (array['Алматы', 'Астана', 'Шымкент'])[1 + n % 3], n * 7 % 180 + 1, n * 11 % 99 + 1) as home
from seed;
insert into public.country values (1, 'Казахстан'), (2, 'Узбекистан');
insert into public.city (country_id, name) values (1, 'Алматы'), (1, 'Астана'), (1, 'Шымкент'), (2, 'Ташкент');
insert into public.person (iin, full_name, email, phone, birth_date, address, city_id, note)
select iin, name, email, phone, born, home, n % 4 + 1,
       case when n % 10 = 0 then format('звонить на %s после обеда', phone) when n % 50 = 7 then repeat(md5(n::text), 400) || ' ' || iin end
from people where n <= 300;
insert into public.account select format('KZ%s125KZT%s', 10 + n % 89, lpad((n * 7919 % 10000000)::text, 13, '0')), iin, n * 13 % 1000 from people where n <= 150;
insert into public.card (owner, number) select iin, format('ref-%s', n) from people where n <= 120;
insert into public.taxpayer select iin::bigint, date '2030-01-01' + n from people where n <= 100;
insert into public.tax (iin, amount) select iin::bigint, n * 1.5 from people where n <= 100;
insert into "Кадры"."Сотрудники" select n, iin, name, phone, case when n > 1 then n / 2 end, null from people where n <= 80;
update "Кадры"."Сотрудники" e set "ИИН начальника" = (select "ИИН" from "Кадры"."Сотрудники" where id = e.chief);
insert into "Кадры"."Отпуск" ("ИИН", days) select iin, n % 28 + 1 from people where n <= 80;
insert into "Sales Dept"."Order" select n, date '2030-01-01' + n * 2, iin, (array['new', 'paid', 'closed'])[1 + n % 3]::public.mood,
       jsonb_build_object('who', name, 'mail', email), array[phone, 'срочно'] from people where n <= 300;
insert into "Sales Dept"."Line" select id, placed, k, format('sku-%s', id * k % 20) from "Sales Dept"."Order", generate_series(1, 2) k;
insert into public.contract select iin, format('D-%s', n % 7), date '2030-03-01' from people where n <= 90;
insert into public.payment (iin, number, amount) select iin, number, 10 from public.contract;
insert into public.team select n, null from generate_series(1, 10) n;
insert into public.member select n, n % 10 + 1, email from people where n <= 60;
update public.team set leader = id;
insert into public.comment (iin, body, scan) select iin, format('%s просит перезвонить: %s', name, phone), convert_to('паспорт ' || iin, 'UTF8') from people where n <= 100;
insert into public.archive (body) select format('строка %s без данных', n) from people where n <= 50;
insert into public.product select format('sku-%s', n), format('товар %s', n), n * 3.5 from generate_series(0, 19) n;
insert into public.login (iin, at, ip) select iin, timestamp '2030-05-01 10:00' + n * interval '1 hour', format('192.0.2.%s', n % 250)::inet from people where n <= 200;
insert into public.rate select date '2030-01-01' + n, 450 + n * 0.25 from generate_series(0, 99) n;
refresh materialized view public.mv_mail;
drop table people;
