# Утверждённый перечень, каким его подписывает оператор. Ключи и переменные те же во всех языках.

form-title = Утверждённый перечень персональных данных
form-own = Форма программы iesiz; нормативным актом она не установлена
form-operator = Оператор: { $name }
form-bin = Бизнес-идентификационный номер: { $bin }
form-list = Перечень: { $id }, { $hash }
form-laws = Графы выведены из норм: Закон РК от 21.05.2013 № 94-V, ст. 8(4), 24(1)(1), 25(2)(1); приказ от 21.10.2020 № 395/НҚ, пункты 5, 15, 17

head-number = №
head-category = Категория персональных данных
head-purpose = Цель
head-subjects = Группа субъектов
head-collection = Источник и способ сбора
head-basis = Правовое основание
head-term = Срок хранения и событие, с которого он исчисляется
head-end = Действие по окончании срока
head-parties = Третьи лица
head-abroad = Трансграничная передача
head-publication = Публикация

same-as = как в № { $number }
not-stated = не указано
list-from-parties = также от третьих лиц: { $list }
term-years = { $years ->
    [one] { $years } год
    [few] { $years } года
   *[many] { $years } лет
}
term-months = { $months ->
    [one] { $months } месяц
    [few] { $months } месяца
   *[many] { $months } месяцев
}
term-days = { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[many] { $days } дней
}
term-after = { $length }; начало срока: { $event }
term-until = до события: { $event }
term-and-also = и только когда произошло также: { $event }
term-early = немедленно, если: { $events }
term-by = по актам: { $acts }
term-decided = решение ({ $by }): { $reason }
term-contradicts = требует решения, перечень противоречит сам себе: { $ids }
term-no-date = требует решения, дата не следует из самого перечня
term-no-column = ни одна таблица не содержит дату события: { $event }
end-destroy = уничтожение
end-anonymise = обезличивание
abroad-yes = да: { $list }
abroad-no = нет
abroad-conditional = на условиях политики
anonymised-before = обезличиваются до передачи

event-contract_termination = прекращение договора
event-transaction = совершение операции
event-purpose_achieved = цель достигнута
event-consent_withdrawn = согласие отозвано
event-consent_expired = срок согласия истёк
event-contract_term_expired = срок договора истёк
event-term_set_by_law_expired = истёк срок, установленный законом
event-unlawful_processing_found = выявлена неправомерная обработка
event-consent_withdrawn_after_all_loan_obligations_performed = согласие отозвано после исполнения всех обязательств по займу

sign-approved = Утверждаю
sign-responsible = Лицо, ответственное за организацию обработки персональных данных
sign-position = должность
sign-name = фамилия, имя, отчество
sign-signature = подпись
sign-date = дата
