# Оператор қол қоятын бекітілген тізбе. Кілттер мен айнымалылар барлық тілде бірдей.

form-title = Дербес деректердің бекітілген тізбесі
form-own = iesiz бағдарламасының нысаны; ол нормативтік актімен белгіленбеген
form-operator = Оператор: { $name }
form-bin = Бизнес-сәйкестендіру нөмірі: { $bin }
form-list = Тізбе: { $id }, { $hash }
form-laws = Бағандар мына нормалардан алынды: ҚР 21.05.2013 ж. № 94-V Заңы, 8(4), 24(1)(1), 25(2)(1)-баптар; 21.10.2020 ж. № 395/НҚ бұйрығы, 5, 15, 17-тармақтар

head-number = №
head-category = Дербес деректер санаты
head-purpose = Мақсаты
head-subjects = Субъектілер тобы
head-collection = Дереккөзі және жинау тәсілі
head-basis = Құқықтық негізі
head-term = Сақтау мерзімі және ол басталатын оқиға
head-end = Мерзім аяқталғандағы әрекет
head-parties = Үшінші тұлғалар
head-abroad = Трансшекаралық беру
head-publication = Жариялау

same-as = № { $number } жолдағыдай
not-stated = көрсетілмеген
list-from-parties = сондай-ақ үшінші тұлғалардан: { $list }
term-years = { $years } жыл
term-months = { $months } ай
term-days = { $days } күн
term-after = { $length }; мерзімнің басталуы: { $event }
term-until = мына оқиғаға дейін: { $event }
term-and-also = және мынау да болғаннан кейін ғана: { $event }
term-early = дереу, егер: { $events }
term-by = актілер бойынша: { $acts }
term-decided = шешім ({ $by }): { $reason }
term-contradicts = шешім қажет, тізбе өзіне өзі қайшы келеді: { $ids }
term-no-date = шешім қажет, күні тізбенің өзінен шықпайды
term-no-column = бірде-бір кестеде мына оқиғаның күні жоқ: { $event }
end-destroy = жою
end-anonymise = иесіздендіру
abroad-yes = бар: { $list }
abroad-no = жоқ
abroad-conditional = саясаттың шарттарымен
anonymised-before = беру алдында иесіздендіріледі

event-contract_termination = шарттың тоқтатылуы
event-transaction = операцияның жасалуы
event-purpose_achieved = мақсатқа қол жеткізілуі
event-consent_withdrawn = келісім кері қайтарып алынды
event-consent_expired = келісімнің мерзімі аяқталды
event-contract_term_expired = шарттың мерзімі аяқталды
event-term_set_by_law_expired = заңда белгіленген мерзім аяқталды
event-unlawful_processing_found = заңсыз өңдеу анықталды
event-consent_withdrawn_after_all_loan_obligations_performed = қарыз бойынша барлық міндеттемелер орындалғаннан кейін келісім кері қайтарып алынды

sign-approved = Бекітемін
sign-responsible = Дербес деректерді өңдеуді ұйымдастыруға жауапты тұлға
sign-position = лауазымы
sign-name = тегі, аты, әкесінің аты
sign-signature = қолы
sign-date = күні
